import Logging
import Synchronization

/// The configured levels of the log, which can be replaced while the program runs. A check of a level costs one atomic
/// load. Call it from any thread.
package final class LogLevels: Sendable {
    /// The level of the records with one label.
    final class Cell: Sendable {
        private let index: Atomic<Int>

        init(_ level: Logger.Level) { index = Atomic(Self.index(of: level)) }

        var level: Logger.Level {
            get { Logger.Level.allCases[index.load(ordering: .relaxed)] }
            set { index.store(Self.index(of: newValue), ordering: .relaxed) }
        }

        private static func index(of level: Logger.Level) -> Int { Logger.Level.allCases.firstIndex(of: level) ?? 0 }
    }

    private struct State {
        var settings: LogSettings
        var cells: [String: Cell] = [:]
    }

    private let state: Mutex<State>

    package init(_ settings: LogSettings) { state = Mutex(State(settings: settings)) }

    /// Sets the levels of all labels, those of loggers that exist already included.
    package func replace(level: Logger.Level, levels: [String: Logger.Level]) {
        state.withLock { state in
            state.settings.level = level
            state.settings.levels = levels
            for (label, cell) in state.cells { cell.level = state.settings.level(for: label) }
        }
    }

    /// The level of a label. The labels of a program are few: parts and gateways.
    func cell(of label: String) -> Cell {
        state.withLock { state in
            if let cell = state.cells[label] { return cell }
            let cell = Cell(state.settings.level(for: label))
            state.cells[label] = cell
            return cell
        }
    }
}
