import Foundation
import Testing

@testable import HTTP

@Suite("Files in answers", .timeLimit(.minutes(1)))
final class WebhookFileTests {
    private let place = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)

    deinit { try? FileManager.default.removeItem(at: place) }

    /// Runs a listener that gives out a file of this size at `/f`.
    private func withFile(
        bytes: Int, limits: (inout WebhookLimits) -> Void = { _ in }, _ body: (Int, [UInt8]) async throws -> Void
    ) async throws {
        let content = (0..<bytes).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 / 251) }
        try Data(content).write(to: place)
        let path = place.path
        try await withListener(
            limits: limits,
            routes: { listener in
                listener.route("/f", methods: [.get, .head]) { _, answer in
                    var reply = WebhookReply(status: 200, contentType: "image/png")
                    reply.headers = ["X-Content-Type-Options": "nosniff"]
                    reply.file = WebhookFile(path: path)
                    answer(reply)
                }
            }
        ) { port in try await body(port, content) }
    }

    @Test("A file arrives as a whole, twice on one connection", arguments: [0, 1, 65_536, 1_000_001])
    func whole(bytes: Int) async throws {
        try await withFile(bytes: bytes) { port, content in
            let client = HTTPClient.forTests { $0.responseBodyBytes = 2_000_000 }
            for _ in 1...2 {
                let response = try await client.result(HTTPRequest(url: "http://127.0.0.1:\(port)/f")).get()
                #expect(response.body == content && response.header("content-length") == "\(bytes)")
                #expect(response.header("x-content-type-options") == "nosniff")
            }
        }
    }

    @Test("HEAD gets the length and no body; a client that asks to close gets the whole file first")
    func headAndClose() async throws {
        try await withFile(bytes: 300_000) { port, content in
            let head = try await HTTPClient.forTests().result(
                HTTPRequest(.head, url: "http://127.0.0.1:\(port)/f")
            ).get()
            #expect(head.header("content-length") == "300000" && head.body.isEmpty)
            let client = try await RawClient(port: port)
            await client.send("GET /f HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            let answer = try await client.answer()
            #expect(answer.utf8.count > 300_000)
        }
    }

    @Test("Two requests at once are answered one after the other")
    func pipelined() async throws {
        try await withFile(bytes: 200_000) { port, _ in
            let client = try await RawClient(port: port)
            await client.send(
                "GET /f HTTP/1.1\r\nHost: a\r\n\r\nGET /f HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            let answer = try await client.answer()
            #expect(answer.split(separator: "HTTP/1.1 200 OK").count == 2)
        }
    }

    @Test("A client that does not read is disconnected in time")
    func slow() async throws {
        try await withFile(bytes: 20_000_000, limits: { $0.idle = .milliseconds(200) }) { port, _ in
            let client = try await RawClient(port: port, isReading: false)
            await client.send("GET /f HTTP/1.1\r\nHost: a\r\n\r\n")
            await client.closed()
        }
    }

    @Test("Only a regular file is opened")
    func kinds() throws {
        #expect(WebhookFile(path: "/nonexistent") == nil)
        #expect(WebhookFile(path: "/dev/zero") == nil)
        #expect(WebhookFile(path: "/tmp") == nil)
        try Data("x".utf8).write(to: place)
        let link = place.path + ".link"
        defer { try? FileManager.default.removeItem(atPath: link) }
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: place.path)
        #expect(WebhookFile(path: link) == nil)
        #expect(WebhookFile(path: place.path)?.size == 1)
    }
}
