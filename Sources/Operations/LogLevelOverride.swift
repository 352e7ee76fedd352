import Logging
import Synchronization

/// A level of the log that takes the place of the configured levels while it is set. Operators set it while the program
/// runs. Reading it costs one atomic load.
package final class LogLevelOverride: Sendable {
    /// The index of the level in `Logger.Level.allCases`; -1 for none.
    private let index = Atomic<Int>(-1)

    package init() {}

    package var level: Logger.Level? {
        get {
            let index = index.load(ordering: .relaxed)
            return index < 0 ? nil : Logger.Level.allCases[index]
        }
        set { index.store(newValue.flatMap { Logger.Level.allCases.firstIndex(of: $0) } ?? -1, ordering: .relaxed) }
    }
}
