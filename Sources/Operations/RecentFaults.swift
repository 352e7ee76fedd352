import Logging
import Synchronization

/// The latest warnings and errors of the log, for the status page. Records of the same words count as one. Call it from
/// any thread.
package final class RecentFaults: Sendable {
    package struct Fault: Sendable, Equatable {
        /// Seconds since 1970, of the latest record.
        package var time: Double
        package let level: String
        /// The label of the record: the part of the program that has logged it.
        package let part: String
        package let words: String
        package var count = 1
    }

    /// Maximum of kept faults. The oldest one goes first.
    package static let most = 20
    /// Maximum length of the words in characters.
    private static let longestWords = 300
    /// The fields of a record that are shown. Others may name users or their addresses.
    private static let shownFields: Set = ["account", "network", "place", "reason", "setting", "why"]

    private let faults = Mutex<[Fault]>([])

    package init() {}

    /// The faults, the newest first.
    package var all: [Fault] { faults.withLock { $0.reversed() } }

    /// Keeps a record of the level warning or above.
    func add(_ record: LogRecord) {
        guard record.level >= .warning else { return }
        let fields = record.fields.filter { Self.shownFields.contains($0.0) }.map { "\($0.0): \($0.1)" }
        let words = String(([record.message] + fields).joined(separator: "; ").prefix(Self.longestWords))
        faults.withLock { faults in
            let same = faults.firstIndex { $0.words == words && $0.part == record.label }
            let count = same.map { faults.remove(at: $0).count + 1 } ?? 1
            faults.append(
                Fault(
                    time: record.time, level: record.level.rawValue, part: record.label, words: words, count: count))
            if faults.count > Self.most { faults.removeFirst() }
        }
    }
}
