import NIOCore
import Synchronization
import Testing

@testable import HTTP

@Suite("Webhook listener", .timeLimit(.minutes(1)))
struct WebhookListenerTests {
    private static let get = "GET /hooks/x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"

    @Test("Paths and queries arrive raw, below the longest prefix")
    func routing() async throws {
        try await withListener(routes: { listener in
            listener.route("/hooks", echo)
            listener.route("/hooks/deep/") { _, answer in answer(WebhookReply(status: 200, text: "deep")) }
        }) { port in
            let client = HTTPClient.forTests()
            let expected = [
                "/hooks": "200 GET  ", "/hooks?": "200 GET ? ", "/hooks/deep": "200 deep",
                "/hooks/a%2Fb?x=%20+%C5%BE&&y=?": "200 GET /a%2Fb?x=%20+%C5%BE&&y=? ",
                "/hooks/deeper": "200 GET /deeper ", "/hooksx": "404 not found\n", "/": "404 not found\n",
            ]
            for (target, text) in expected {
                let response = try await client.result(HTTPRequest(url: "http://127.0.0.1:\(port)\(target)")).get()
                #expect("\(response.status) \(String(decoding: response.body, as: UTF8.self))" == text)
            }
        }
    }

    @Test("Headers, body and the peer's address arrive")
    func request() async throws {
        let seen = Outcome<WebhookRequest>()
        try await withListener(routes: { listener in
            listener.route("/in") { request, answer in
                seen.settle(request)
                answer(WebhookReply(status: 202, contentType: "text/xml", body: Array("<Response/>".utf8)))
            }
        }) { port in
            let request = HTTPRequest(
                .post, url: "http://127.0.0.1:\(port)/in", headers: [("X-Sign", "abc")], body: [0, 255, 10])
            let response = try await HTTPClient.forTests().result(request).get()
            #expect(response.status == 202)
            #expect(response.header("content-type") == "text/xml")
            #expect(response.header("date")?.hasSuffix(" GMT") == true)
            let arrived = try #require(await seen.value())
            #expect(arrived.method == .post)
            #expect(arrived.header("x-sign") == "abc")
            #expect(arrived.body == [0, 255, 10])
            #expect(arrived.rawQuery == nil)
            #expect(arrived.remoteAddress == "127.0.0.1")
        }
    }

    @Test(
        "Requests that cannot be served are refused and the connection ends",
        arguments: [
            ("GET /nowhere HTTP/1.1\r\nHost: a\r\n\r\n", "404", ""),
            ("PUT /hooks HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n", "405", "Allow: GET, HEAD, POST\r\n"),
            ("DELETE /hooks HTTP/1.1\r\nHost: a\r\n\r\n", "405", "Allow: GET, HEAD, POST\r\n"),
            ("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", "400", ""),
            ("GET hooks HTTP/1.1\r\nHost: a\r\n\r\n", "400", ""),
            ("what is this\r\n\r\n", "400", ""),
            ("POST /hooks HTTP/1.1\r\nHost: a\r\nContent-Length: 101\r\n\r\n", "413", ""),
            (
                "POST /hooks HTTP/1.1\r\nHost: a\r\nContent-Length: 9999999999\r\nExpect: 100-continue\r\n\r\n", "413",
                ""
            ),
            ("POST /hooks HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", "400", ""),
            (
                "POST /hooks HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n65\r\n"
                    + String(repeating: "a", count: 101), "413", ""
            ),
        ])
    func refused(text: String, status: String, header: String) async throws {
        try await withListener(limits: { $0.bodyBytes = 100 }, routes: { $0.route("/hooks", echo) }) { port in
            let client = try await RawClient(port: port)
            await client.send(text)
            let answer = try await client.answer()
            #expect(answer.hasPrefix("HTTP/1.1 \(status) "))
            #expect(answer.lowercased().contains("connection: close\r\n"))
            #expect(answer.contains(header))
            #expect(answer.components(of: "HTTP/1.1 ") == 1)
        }
    }

    @Test("Header fields past the limit do not reach the handler")
    func largeHeader() async throws {
        try await withListener(routes: { $0.route("/hooks", echo) }) { port in
            let long = "X: \(String(repeating: "a", count: 20_000))\r\n"
            let many = String(repeating: "X: a\r\n", count: 200)
            for fields in [long, many] {
                let text = "GET /hooks HTTP/1.1\r\nHost: a\r\n\(fields)\r\n"
                let answer = try await RawClient.exchange(port: port, text)
                #expect(!answer.contains(" 200 "))
            }
        }
    }

    @Test("A client that is asked to continue does")
    func expectContinue() async throws {
        try await withListener(routes: { $0.route("/hooks", echo) }) { port in
            let head =
                "POST /hooks HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n"
                + "Connection: close\r\n\r\n"
            let answer = try await RawClient.exchange(port: port, head + "hi")
            #expect(answer.hasPrefix("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n"))
            #expect(answer.hasSuffix("POST  hi"))
        }
    }

    @Test("HEAD gets the length and no body")
    func head() async throws {
        try await withListener(routes: { $0.route("/hooks", echo) }) { port in
            let answer = try await RawClient.exchange(
                port: port, "HEAD /hooks HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            #expect(answer.contains("Content-Length: 6\r\n"))
            #expect(answer.hasSuffix("\r\n\r\n"))
        }
    }

    @Test("Pipelined requests are answered in their order")
    func pipelined() async throws {
        let slow = Outcome<@Sendable (WebhookReply) -> Void>()
        try await withListener(routes: { listener in
            listener.route("/slow") { _, answer in slow.settle(answer) }
            listener.route("/fast") { _, answer in answer(WebhookReply(status: 200, text: "fast")) }
        }) { port in
            let client = try await RawClient(port: port)
            let fast = "GET /fast HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
            await client.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n" + fast)
            let answer = try #require(await slow.value())
            answer(WebhookReply(status: 200, text: "slow"))
            let text = try await client.answer()
            #expect(text.contains("\r\n\r\nslowHTTP/1.1 200 OK\r\n"))
            #expect(text.hasSuffix("\r\n\r\nfast"))
        }
    }

    @Test("A header that never ends has its connection closed")
    func slowHeader() async throws {
        try await withListener(limits: { $0.idle = .milliseconds(200) }, routes: { $0.route("/hooks", echo) }) { port in
            let answer = try await RawClient.exchange(port: port, "GET /hooks HTTP/1.1\r\nHost: a\r\nX-Slow: ")
            #expect(answer == "")
        }
    }

    @Test("A body that never ends gets 408")
    func slowBody() async throws {
        try await withListener(limits: { $0.body = .milliseconds(200) }, routes: { $0.route("/hooks", echo) }) { port in
            let text = "POST /hooks HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nabc"
            let answer = try await RawClient.exchange(port: port, text)
            #expect(answer.hasPrefix("HTTP/1.1 408 Request Timeout\r\n"))
        }
    }

    @Test("A handler that never answers is answered for, and its late answer is dropped")
    func never() async throws {
        let late = Outcome<@Sendable (WebhookReply) -> Void>()
        try await withListener(
            limits: { $0.answer = .seconds(1) },
            routes: { listener in
                listener.route("/never") { _, answer in late.settle(answer) }
                listener.route("/hooks", echo)
            }
        ) { port in
            let client = try await RawClient(port: port)
            await client.send("GET /never HTTP/1.1\r\nHost: a\r\n\r\n")
            let answer = try #require(await late.value())
            await client.send(Self.get)
            let text = try await client.answer()
            answer(WebhookReply(status: 200, text: "too late"))
            #expect(text.hasPrefix("HTTP/1.1 503 Service Unavailable\r\n"))
            #expect(text.hasSuffix("\r\n\r\nGET /x "))
        }
    }

    @Test("The time of a body ends with the body")
    func bodyTimeEnds() async throws {
        let held = Outcome<@Sendable (WebhookReply) -> Void>()
        try await withListener(
            limits: { $0.body = .milliseconds(200) },
            routes: { listener in listener.route("/slow") { _, answer in held.settle(answer) } }
        ) { port in
            let head = "POST /slow HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 2\r\n\r\n"
            let client = try await RawClient(port: port)
            await client.send(head + "hi")
            let answer = try #require(await held.value())
            // A later body that does not come has had its time now.
            #expect(try await RawClient.exchange(port: port, head).contains(" 408 "))
            answer(WebhookReply(status: 200, text: "done"))
            #expect(try await client.answer().hasSuffix("done"))
        }
    }

    @Test("A second answer is ignored")
    func twice() async throws {
        try await withListener(routes: { listener in
            listener.route("/hooks") { _, answer in
                answer(WebhookReply(status: 200, text: "one"))
                answer(WebhookReply(status: 500, text: "two"))
            }
        }) { port in
            let twice = "GET /hooks HTTP/1.1\r\nHost: a\r\n\r\n" + Self.get
            let text = try await RawClient.exchange(port: port, twice)
            #expect(text.components(of: "\r\n\r\none") == 2)
            #expect(text.components(of: "two") == 0)
        }
    }

    @Test("A status without body sends none, whatever the handler gave", arguments: [204, 304])
    func bodiless(status: Int) async throws {
        try await withListener(routes: { listener in
            listener.route("/hooks") { _, answer in answer(WebhookReply(status: status, text: "surplus")) }
        }) { port in
            let twice = "GET /hooks HTTP/1.1\r\nHost: a\r\n\r\n" + Self.get
            let text = try await RawClient.exchange(port: port, twice)
            #expect(text.components(of: "HTTP/1.1 \(status) ") == 2)
            #expect(text.components(of: "surplus") == 0)
        }
    }

    @Test("A status out of range becomes 500 and a content type with a line break is left out")
    func oddReply() async throws {
        try await withListener(routes: { listener in
            listener.route("/hooks") { _, answer in
                answer(WebhookReply(status: 100, contentType: "text/plain\r\nX-Evil: 1"))
            }
        }) { port in
            let text = try await RawClient.exchange(port: port, Self.get)
            #expect(text.hasPrefix("HTTP/1.1 500 "))
            #expect(!text.contains("Evil"))
        }
    }

    @Test(
        "A route without paths below it serves only itself, and dot segments have no route",
        arguments: [
            ("/only", 200), ("/only?x=1", 200), ("/only/", 404), ("/only/x", 404), ("/only//", 404), ("/onlyx", 404),
            ("/hooks/a/../b", 404), ("/hooks/../only", 404), ("/only/../only", 404), ("/hooks/.", 404),
            ("/./only", 404),
            ("/hooks/%2e%2E/only", 404), ("/hooks/.%2e/x", 404), ("/hooks/..x", 200), ("/hooks/a.b", 200),
            ("/hooks/...", 200), ("/", 200), ("//", 404), ("/?x=1", 200), ("/other", 404),
        ])
    func exactPaths(path: String, status: Int) async throws {
        try await withListener(routes: { listener in
            listener.route("/only", isExact: true, echo)
            listener.route("/", isExact: true, echo)
            listener.route("/hooks", echo)
        }) { port in
            let request = "GET \(path) HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
            let answer = try await RawClient.exchange(port: port, request)
            #expect(answer.hasPrefix("HTTP/1.1 \(status) "))
        }
    }

    @Test(
        "A host is named once; only HTTP/1.0 may do without",
        arguments: [
            ("HTTP/1.1\r\nHost: gw.example.org:8088", 200), ("HTTP/1.1\r\nHost: [::1]:80", 200),
            ("HTTP/1.1\r\nHost:", 200), ("HTTP/1.0", 200), ("HTTP/1.0\r\nHost: a", 200), ("HTTP/1.1", 400),
            ("HTTP/1.1\r\nHost: a\r\nHost: a", 400), ("HTTP/1.0\r\nHost: a\r\nhost: b", 400),
            ("HTTP/1.1\r\nHost: a b", 400),
        ])
    func hosts(head: String, status: Int) async throws {
        try await withListener(routes: { $0.route("/hooks", echo) }) { port in
            let request = "GET /hooks \(head)\r\nConnection: close\r\n\r\n"
            let answer = try await RawClient.exchange(port: port, request)
            #expect(answer.hasPrefix("HTTP/1.1 \(status) "))
        }
    }

    @Test("Routes come and go while it runs")
    func changingRoutes() async throws {
        let listener = WebhookListener(host: "127.0.0.1", port: 0, logger: silent)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await listener.run() }
            let port = try await listener.boundPort()
            #expect(try await RawClient.exchange(port: port, Self.get).hasPrefix("HTTP/1.1 404 "))
            listener.route("/hooks", echo)
            #expect(try await RawClient.exchange(port: port, Self.get).hasPrefix("HTTP/1.1 200 "))
            listener.unroute("/hooks/")
            #expect(try await RawClient.exchange(port: port, Self.get).hasPrefix("HTTP/1.1 404 "))
            group.cancelAll()
        }
    }

    @Test("A port that is taken fails the start and the wait for the port")
    func taken() async throws {
        try await withListener(routes: { _ in }) { port in
            let second = WebhookListener(host: "127.0.0.1", port: port, logger: silent)
            await #expect(throws: (any Error).self) { try await second.run() }
            await #expect(throws: (any Error).self) { try await second.boundPort() }
        }
    }
}

extension String {
    /// How often `part` occurs.
    func components(of part: String) -> Int { ranges(of: part).count }
}
