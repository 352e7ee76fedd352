import Dispatch
import Foundation
import Glibc

/// One HTTP request to loopback and its answer, without an HTTP library.
package struct HTTPExchange: Sendable {
    package let status: Int
    package let body: String

    /// Sends a GET request. `path` includes the query, already encoded.
    package static func get(port: Int, _ path: String) async throws -> HTTPExchange {
        try await send(request(port, path), to: port)
    }

    static func request(_ port: Int, _ path: String) -> String {
        "GET \(path) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nConnection: close\r\n\r\n"
    }

    /// Sends a request as it is written, and reads until the other side closes.
    package static func send(_ request: String, to port: Int) async throws -> HTTPExchange {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async {
                continuation.resume(with: Result { try blockingSend(request, to: port) })
            }
        }
    }

    /// Percent-encodes everything but letters, digits and `-._~`.
    package static func encode(_ text: String) -> String {
        text.utf8.map { byte in
            let isPlain =
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                || [0x2D, 0x2E, 0x5F, 0x7E].contains(byte)
            if isPlain { return String(UnicodeScalar(byte)) }
            let digits = String(byte, radix: 16, uppercase: true)
            return "%" + (digits.count == 1 ? "0" : "") + digits
        }.joined()
    }

    /// Sends a request like `send`, but blocks; for a thread of its own.
    static func blockingSend(_ request: String, to port: Int) throws -> HTTPExchange {
        let handle = try LineSocket.connect(port: port)
        defer { close(handle) }
        var limit = timeval(tv_sec: 10, tv_usec: 0)
        setsockopt(handle, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        try LineSocket.write(Array(request.utf8), to: handle)
        var answer: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16_384)
        while true {
            let count = read(handle, &chunk, chunk.count)
            guard count > 0 else { break }
            answer.append(contentsOf: chunk[..<count])
        }
        let text = String(decoding: answer, as: UTF8.self)
        guard text.hasPrefix("HTTP/1."), let status = Int(text.dropFirst(9).prefix(3)) else {
            throw RigFailure("no HTTP answer from port \(port): “\(text.shortened(to: 200))”")
        }
        let body = text.range(of: "\r\n\r\n").map { String(text[$0.upperBound...]) } ?? ""
        return HTTPExchange(status: status, body: body)
    }
}
