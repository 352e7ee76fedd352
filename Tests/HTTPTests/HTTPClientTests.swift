import Testing

@testable import HTTP

@Suite("HTTP client", .timeLimit(.minutes(1)))
struct HTTPClientTests {
    @Test(
        "A request that is not a plain http or https request is refused before anything is sent",
        arguments: [
            HTTPRequest(url: "file:///etc/passwd"), HTTPRequest(url: "ftp://127.0.0.1/"), HTTPRequest(url: ""),
            HTTPRequest(url: "127.0.0.1/"), HTTPRequest(url: "http://127.0.0.1/a b"),
            HTTPRequest(url: "http://127.0.0.1/\r\nX: y"), HTTPRequest(url: "http://"),
            HTTPRequest(url: "http://127.0.0.1:99999/"), HTTPRequest(url: "http://[::1/"),
            HTTPRequest(url: "http://127.0.0.1/" + String(repeating: "a", count: 20_000)),
            HTTPRequest(url: "http://127.0.0.1/", headers: [("X", "a\r\nY: b")]),
            HTTPRequest(url: "http://127.0.0.1/", headers: [("X\n", "a")]),
            HTTPRequest(url: "http://127.0.0.1/", headers: [("X: y", "a")]),
            HTTPRequest(url: "http://127.0.0.1/", headers: [("Content-Length", "5")]),
            HTTPRequest(url: "http://127.0.0.1/", headers: [("X", "a\0b")]),
        ])
    func refused(request: HTTPRequest) async {
        let failure = await HTTPClient.forTests().failure(request)
        guard case .notSent(.invalidRequest) = failure else {
            Issue.record("\(String(describing: failure))")
            return
        }
    }

    @Test("Method, target, headers and body arrive as given and nothing is added", arguments: HTTPMethod.allCases)
    func wire(method: HTTPMethod) async throws {
        let server = try await RawServer(.say("HTTP/1.1 204 No Content\r\n\r\n"))
        let body: [UInt8]? = method == .get || method == .head ? nil : Array("a=1&b=ž".utf8)
        let request = HTTPRequest(
            method, url: server.url + "/x/../y?q=%20%2B+", headers: [("X-Empty", ""), ("X-Text", "ž; v")], body: body)
        let response = try await HTTPClient.forTests().result(request).get()
        #expect(response.status == 204)
        let port = server.url.dropFirst("http://".count)
        let length = body.map { "Content-Length: \($0.count)\r\n" } ?? ""
        let lines =
            "\(method.rawValue) /x/../y?q=%20%2B+ HTTP/1.1\r\nHost: \(port)\r\nUser-Agent: martlet\r\nAccept: */*\r\n"
            + "X-Empty:\r\nX-Text: ž; v\r\n\(length)\r\n" + String(decoding: body ?? [], as: UTF8.self)
        #expect(await server.nextRequest() == lines)
    }

    @Test("A post without a body has the length zero")
    func emptyPost() async throws {
        let server = try await RawServer(.say("HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n"))
        _ = try await HTTPClient.forTests().result(HTTPRequest(.post, url: server.url)).get()
        #expect(await server.nextRequest().contains("Content-Length: 0\r\n"))
    }

    @Test("Status, headers and body of the last answer count; interim ones do not")
    func interim() async throws {
        let server = try await RawServer(
            .say(
                "HTTP/1.1 103 Early Hints\r\nX-Early: 1\r\n\r\n"
                    + "HTTP/1.1 429 Slow down\r\nRetry-After:  7 \r\nA: b\r\nContent-Length: 2\r\n\r\nno"
            ))
        let response = try await HTTPClient.forTests().result(HTTPRequest(url: server.url)).get()
        #expect(response.status == 429)
        #expect(response.header("retry-after") == "7")
        #expect(response.header("x-early") == nil)
        #expect(response.headers.map(\.0) == ["Retry-After", "A", "Content-Length"])
        #expect(response.body == Array("no".utf8))
    }

    @Test("Redirects are answers", arguments: [301, 302, 303, 307, 308])
    func redirects(status: Int) async throws {
        let server = try await RawServer(
            .say("HTTP/1.1 \(status) Elsewhere\r\nLocation: /other\r\nContent-Length: 0\r\n\r\n"))
        let response = try await HTTPClient.forTests().result(HTTPRequest(url: server.url)).get()
        #expect(response.status == status)
        #expect(response.header("Location") == "/other")
        _ = await server.nextRequest()
        #expect(server.requests.count == 1)
    }

    @Test("An answer of the limit passes, one byte more fails", arguments: [0, 1])
    func largeAnswer(excess: Int) async throws {
        let size = 1_048_576 + excess
        try await withListener(routes: { listener in
            listener.route("/big") { _, answer in
                answer(WebhookReply(status: 200, body: Array(repeating: 1, count: size)))
            }
        }) { port in
            let result = await HTTPClient.forTests().result(HTTPRequest(url: "http://127.0.0.1:\(port)/big"))
            if excess == 0 {
                let body = try result.get().body
                #expect(body.count == size)
            } else {
                #expect(result.failure == .outcomeUnknown(.answerTooLarge))
            }
        }
    }

    @Test("Endless headers fail")
    func largeHeader() async throws {
        let line = "X-A: \(String(repeating: "a", count: 1_000))\r\n"
        let server = try await RawServer(.say("HTTP/1.1 200 OK\r\n" + String(repeating: line, count: 100)))
        let failure = await HTTPClient.forTests().failure(HTTPRequest(url: server.url))
        #expect(failure == .outcomeUnknown(.malformedAnswer))
    }

    @Test("Two hundred requests over few transfers are all answered, each with its own answer")
    func concurrency() async throws {
        try await withListener(routes: { $0.route("/echo", echo) }) { port in
            let client = HTTPClient.forTests { $0.transfersInFlight = 16 }
            let isRight = await withTaskGroup(of: Bool.self) { group in
                for index in 0..<200 {
                    group.addTask {
                        let body = Array("body \(index)".utf8)
                        let request = HTTPRequest(.post, url: "http://127.0.0.1:\(port)/echo/\(index)", body: body)
                        let response = try? await client.result(request).get()
                        return response?.body == Array("POST /\(index) body \(index)".utf8)
                    }
                }
                return await group.reduce(into: [Bool]()) { $0.append($1) }
            }
            #expect(isRight.count == 200)
            #expect(isRight.allSatisfy { $0 })
        }
    }

    @Test("A client that is let go ends its thread and answers what is open")
    func released() async throws {
        let server = try await RawServer(.ignore)
        var client: HTTPClient? = HTTPClient.forTests()
        let transfer = client?.begin(HTTPRequest(url: server.url))
        _ = await server.nextRequest()
        client = nil
        #expect(await transfer?.outcome.value()?.failure == .outcomeUnknown(.shutDown))
    }
}
