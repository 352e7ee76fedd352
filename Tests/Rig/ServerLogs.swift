import Foundation
import Synchronization

/// The log files of the servers of one rig, so that a failure can quote them.
package final class ServerLogs: Sendable {
    private let files = Mutex<[(name: String, path: String)]>([])

    init() {}

    func add(_ name: String, path: String) {
        files.withLock { files in
            if !files.contains(where: { $0.path == path }) { files.append((name, path)) }
        }
    }

    /// The last lines of every log, in the order in which they were written.
    package func tails(lines: Int = 12) -> String {
        files.withLock { $0 }.map { "  log of \($0.name):\n" + Self.tail(of: $0.path, lines: lines) }
            .joined(separator: "\n")
    }

    static func tail(of path: String, lines: Int) -> String {
        let text = read(path)
        let last = text.split(separator: "\n").suffix(lines).map { "    " + String($0).shortened(to: 400) }
        return last.isEmpty ? "    (empty)" : last.joined(separator: "\n")
    }

    /// The whole log; empty if the file does not exist.
    static func read(_ path: String) -> String {
        FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }
}
