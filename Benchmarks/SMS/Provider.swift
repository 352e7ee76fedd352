import Foundation
import ServerRig
import Synchronization

/// A provider that speaks Kannel's protocol and needs almost no CPU. It accepts every message, and reports it as
/// delivered over a few kept connections.
final class Provider: Sendable {
    let port: Int
    private let listener: Loopback
    private let taken = Atomic<Int>(0)
    private let opened = Atomic<Int>(0)

    init(reports: Callers) throws {
        port = try Port.free()
        listener = try Loopback.listen(port: port)
        listener.serve { [self] socket in
            opened.add(1, ordering: .relaxed)
            var connection = HTTPConnection(socket)
            while let line = connection.request() {
                taken.add(1, ordering: .relaxed)
                guard connection.answer(202, "0: Accepted for delivery") else { return }
                if let target = Self.report(line) { reports.call(target) }
            }
        }
    }

    var messages: Int { taken.load(ordering: .relaxed) }
    /// Number of connections that Martlet has opened.
    var connections: Int { opened.load(ordering: .relaxed) }

    /// The path of the `dlr-url`, with its placeholders filled in.
    private static func report(_ line: String) -> String? {
        guard let mark = line.range(of: "dlr-url=") else { return nil }
        let value = String(line[mark.upperBound...].prefix { $0 != "&" && $0 != " " })
        guard let url = value.removingPercentEncoding?.replacingOccurrences(of: "%d", with: "1") else { return nil }
        let path = url.dropFirst("http://".count).drop { $0 != "/" }
        return path.replacingOccurrences(of: "%A", with: "").replacingOccurrences(of: "%F", with: "7")
    }
}
