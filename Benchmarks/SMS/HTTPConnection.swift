import Foundation

/// One kept HTTP/1.1 connection, as client or as server. It knows only the parts of the protocol that this program
/// needs.
struct HTTPConnection {
    let socket: Loopback
    private var pending: [UInt8] = []

    init(_ socket: Loopback) { self.socket = socket }

    /// The start line of the next request, which must have no body; nil at the end.
    mutating func request() -> String? {
        guard let head = head() else { return nil }
        return head.prefix { $0 != "\r" && $0 != "\r\n" }.description
    }

    func answer(_ status: Int, _ body: String) -> Bool {
        socket.write("HTTP/1.1 \(status) X\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")
    }

    /// Sends a GET request and returns the status of the answer; nil if the connection has ended.
    mutating func get(_ target: String) -> Int? {
        guard socket.write("GET \(target) HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"), let head = head() else { return nil }
        let lower = head.lowercased()
        if let mark = lower.range(of: "content-length:") {
            let length = lower[mark.upperBound...].drop { $0 == " " }.prefix { $0.isNumber }
            guard take(Int(length) ?? 0) else { return nil }
        }
        return Int(head.dropFirst(9).prefix(3))
    }

    private mutating func head() -> String? {
        var searched = 0
        while true {
            if let end = Self.end(pending, from: searched) {
                let head = String(decoding: pending[..<end], as: UTF8.self)
                pending.removeFirst(end)
                return head
            }
            searched = max(0, pending.count - 3)
            let bytes = socket.read()
            guard !bytes.isEmpty else { return nil }
            pending.append(contentsOf: bytes)
        }
    }

    private mutating func take(_ count: Int) -> Bool {
        while pending.count < count {
            let bytes = socket.read()
            guard !bytes.isEmpty else { return false }
            pending.append(contentsOf: bytes)
        }
        pending.removeFirst(count)
        return true
    }

    private static func end(_ bytes: [UInt8], from start: Int) -> Int? {
        guard bytes.count >= 4 else { return nil }
        for index in start...(bytes.count - 4)
        where bytes[index] == 13 && bytes[index + 1] == 10 && bytes[index + 2] == 13 && bytes[index + 3] == 10 {
            return index + 4
        }
        return nil
    }
}
