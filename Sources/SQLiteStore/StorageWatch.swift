import Dispatch
import Registry

/// Reports when the registry becomes unwritable or writable again. Tests inject the timer and the check of the disk.
package struct StorageWatch: Sendable {
    /// The time between two checks.
    static let pause = Duration.seconds(5)

    /// Called on the writer's thread: with the reason when writing stops working, and with nil when it works again.
    package let onChange: @Sendable (RegistryError?) -> Void
    /// Called on the writer's thread after each commit, and after each that has failed.
    let onCommit: @Sendable (CommitReport) -> Void
    /// Whether the disk is so full that a test write is needed.
    let isProbeDue: @Sendable (_ path: String) -> Bool
    /// Calls a function after a time.
    let schedule: @Sendable (Duration, @escaping @Sendable () -> Void) -> Void

    /// A watch of the real disk.
    package init(
        onChange: @escaping @Sendable (RegistryError?) -> Void = { _ in },
        onCommit: @escaping @Sendable (CommitReport) -> Void = { _ in }
    ) {
        self.init(
            onChange: onChange, onCommit: onCommit, isProbeDue: { WriteProbe.isDue($0) },
            schedule: { pause, work in
                DispatchQueue.global(qos: .utility).asyncAfter(deadline: .now() + (pause / .seconds(1)), execute: work)
            })
    }

    init(
        onChange: @escaping @Sendable (RegistryError?) -> Void,
        onCommit: @escaping @Sendable (CommitReport) -> Void = { _ in },
        isProbeDue: @escaping @Sendable (String) -> Bool,
        schedule: @escaping @Sendable (Duration, @escaping @Sendable () -> Void) -> Void
    ) {
        self.onChange = onChange
        self.onCommit = onCommit
        self.isProbeDue = isProbeDue
        self.schedule = schedule
    }
}
