import Foundation
import Glibc

/// A minimal HTTP server for GET requests, one per connection: enough for the provider's side of a test.
final class HTTPStub: Sendable {
    struct Request: Sendable {
        let path: String
        let query: [String: String]
    }

    struct Answer: Sendable {
        let status: Int
        let body: String
    }

    let port: Int
    private let listener: FileDescriptor

    /// `answer` is called on a thread of its own for each request.
    init(_ answer: @escaping @Sendable (Request) -> Answer) throws {
        port = try Port.free()
        let listener = FileDescriptor(try LineSocket.listen(port: port))
        self.listener = listener
        Thread.detachNewThread {
            while true {
                let handle = accept(listener.number, nil, nil)
                if handle == -1 && errno == EINTR { continue }
                guard handle >= 0 else { return }
                let connection = FileDescriptor(handle)
                Thread.detachNewThread { Self.serve(connection, answer) }
            }
        }
    }

    deinit { shutdown(listener.number, Int32(SHUT_RDWR)) }

    private static func serve(_ connection: FileDescriptor, _ answer: @Sendable (Request) -> Answer) {
        var head: [String] = []
        connection.readLines { line in
            guard line.isEmpty else { return head.append(line) }
            let target = head.first?.split(separator: " ").dropFirst().first.map(String.init) ?? "/"
            let reply = answer(request(target))
            let head = [
                "HTTP/1.1 \(reply.status) Answer", "Content-Length: \(reply.body.utf8.count)", "Connection: close",
            ]
            try? connection.write(head.joined(separator: "\r\n") + "\r\n\r\n" + reply.body)
            shutdown(connection.number, Int32(SHUT_RDWR))
        }
    }

    private static func request(_ target: String) -> Request {
        let components = URLComponents(string: target)
        let items = components?.percentEncodedQueryItems ?? []
        let pairs = items.map { ($0.name, decode($0.value ?? "")) }
        return Request(path: components?.path ?? target, query: Dictionary(pairs) { _, last in last })
    }

    private static func decode(_ text: String) -> String {
        text.replacingOccurrences(of: "+", with: " ").removingPercentEncoding ?? text
    }
}
