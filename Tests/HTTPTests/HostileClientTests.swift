import Synchronization
import Testing

@testable import HTTP

/// The attacks of clients on the listener, which serves providers on the open net.
@Suite("Clients that mean no good")
struct HostileClientTests {
    private static let good = "GET /hooks HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"

    @Test(
        "A request whose length or form is in doubt never reaches a handler",
        arguments: [
            "POST /hooks HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nhi!",
            "POST /hooks HTTP/1.1\r\nHost: a\r\nContent-Length: 2, 3\r\n\r\nhi!",
            "POST /hooks HTTP/1.1\r\nHost: a\r\nContent-Length: -2\r\n\r\nhi",
            "POST /hooks HTTP/1.1\r\nHost: a\r\nContent-Length: +2\r\n\r\nhi",
            "POST /hooks HTTP/1.1\r\nHost: a\r\nContent-Length: 0x2\r\n\r\nhi",
            "POST /hooks HTTP/1.1\r\nHost: a\r\nContent-Length: two\r\n\r\nhi",
            "POST /hooks HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999999\r\n\r\nhi",
            "POST /hooks HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n2\r\nhi\r\n0\r\n\r\n",
            "POST /hooks HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\nhi",
            "POST /hooks HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n",
            "POST /hooks HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhi\r\n0\r\n\r\n",
            "POST /hooks HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\nhi",
            "POST /hooks HTTP/1.1\r\nHost: a\r\nContent-Length : 2\r\n\r\nhi",
            "POST /hooks HTTP/1.1\r\nHost: a\r\nno colon here\r\n\r\n",
            "GET /hooks HTTP/1.1\r\nHost: a\r\nX: a\u{0}b\r\n\r\n",
            "GET /hooks HTTP/1.1\r\nHo\u{1}st: a\r\n\r\n",
            "GET /ho oks HTTP/1.1\r\nHost: a\r\n\r\n",
            "GET /hooks HTTP/3.7\r\nHost: a\r\n\r\n",
            "GET /hooks HTTP/1.1\r\n\r\n",
            "GET /hooks HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n",
            "GET /hooks HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n",
            "GET /hooks HTTP/1.1\r\nHost: a, b\r\n\r\n",
            "GET /hooks HTTP/1.1\r\nHost: a/b\r\n\r\n",
            "GET /hooks HTTP/1.1\r\nHost: user@a\r\n\r\n",
            "G\u{0}T /hooks HTTP/1.1\r\nHost: a\r\n\r\n",
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
            "\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}\u{0}\u{1}\u{FC}\u{3}\u{3}\r\n\r\n",
        ])
    func doubtful(text: String) async throws {
        let isReached = Atomic(false)
        let handler: WebhookHandler = { request, answer in
            isReached.store(true, ordering: .relaxed)
            echo(request, answer)
        }
        try await withListener(
            limits: { $0.body = .milliseconds(300) }, routes: { $0.route("/hooks", handler) }
        ) { port in
            let answer = try await RawClient.exchange(port: port, text)
            #expect(!answer.contains(" 200 "), "\(answer)")
            let wasReached = isReached.load(ordering: .relaxed)
            #expect(!wasReached)
            #expect(try await RawClient.exchange(port: port, Self.good).contains(" 200 "))
        }
    }

    @Test("A body that breaks off into nonsense after its header has come is answered once")
    func brokenBody() async throws {
        try await withListener(
            limits: { $0.body = .seconds(5) }, routes: { $0.route("/hooks", echo) }
        ) { port in
            let client = try await RawClient(port: port)
            await client.send("POST /hooks HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n")
            await client.send("Transfer-Encoding: chunked\r\n\r\n")
            await client.send("zz\r\nhi\r\n")
            let answer = try await client.answer()
            #expect(answer.contains(" 400 ") && !answer.contains(" 408 "), "\(answer)")
            #expect(try await RawClient.exchange(port: port, Self.good).contains(" 200 "))
        }
    }

    @Test("Bytes that are no text in path, query and header reach the handler as they can, and break nothing")
    func notText() async throws {
        try await withListener(routes: { $0.route("/hooks", echo) }) { port in
            var request = Array("GET /hooks/".utf8)
            request += [0xFF, 0xC3, 0x28]
            request += Array("?%zz=%&%C3%28&token=a&token=b HTTP/1.1\r\nHost: a\r\nX: ".utf8)
            request += [0xFE, 0xFF]
            request += Array("\r\nConnection: close\r\n\r\n".utf8)
            let client = try await RawClient(port: port)
            await client.send(bytes: request)
            let answer = try await client.answer()
            #expect(answer.contains(" 200 ") || answer.contains(" 400 "), "\(answer)")
            #expect(try await RawClient.exchange(port: port, Self.good).contains(" 200 "))
        }
    }

    @Test("An address, a header or a trailer that does not end is cut off at the limit, not kept")
    func floods() async throws {
        // The extension of a chunk is not kept at all, so only the deadline ends it.
        try await withListener(
            limits: { $0.body = .milliseconds(500) }, routes: { $0.route("/hooks", echo) }
        ) { port in
            let piece = String(repeating: "a", count: 65_536)
            for start in [
                "GET /hooks/", "GET /hooks?", "GET /hooks HTTP/1.1\r\nHost: a\r\nX: ", "GET /hooks HTTP/1.1\r\n",
                "POST /hooks HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX: ",
                "POST /hooks HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1;x=",
            ] {
                let client = try await RawClient(port: port)
                await client.send(start)
                // Far more than any limit: the connection has to end while the bytes arrive.
                for _ in 0..<80 { await client.send(piece) }
                #expect(!(try await client.answer()).contains(" 200 "), "\(start)")
            }
            #expect(try await RawClient.exchange(port: port, Self.good).contains(" 200 "))
        }
    }

    @Test("A body past the limit is refused when its length is known, before any of it has come")
    func tooLarge() async throws {
        try await withListener(limits: { $0.bodyBytes = 100 }, routes: { $0.route("/hooks", echo) }) { port in
            let client = try await RawClient(port: port)
            await client.send("POST /hooks HTTP/1.1\r\nHost: a\r\nContent-Length: 5000000\r\n\r\n")
            #expect(try await client.answer().hasPrefix("HTTP/1.1 413 "))
        }
    }

    @Test("Five hundred slow clients and five hundred idle ones hold up nobody, and are cut off")
    func slowLoris() async throws {
        try await withListener(
            limits: { limits in
                limits.idle = .seconds(2)
                (limits.connections, limits.connectionsPerAddress) = (1_200, 1_200)
            }, routes: { $0.route("/hooks", echo) }
        ) { port in
            var clients: [RawClient] = []
            for number in 0..<1_000 {
                let client = try await RawClient(port: port)
                let isIdle = number % 2 == 0
                if !isIdle { await client.send("GET /hooks HTTP/1.1\r\nHost: a\r\nX-Slow: ") }
                clients.append(client)
                if number == 998 { #expect(try await RawClient.exchange(port: port, Self.good).contains(" 200 ")) }
            }
            for (number, client) in clients.enumerated() {
                if number % 2 == 1 { await client.send("a") }
                #expect(try await client.answer().isEmpty)
            }
            #expect(try await RawClient.exchange(port: port, Self.good).contains(" 200 "))
        }
    }

    @Test("A body that comes byte by byte, or chunk by chunk without end, has a deadline as a whole")
    func slowBody() async throws {
        try await withListener(
            limits: { $0.body = .milliseconds(500) }, routes: { $0.route("/hooks", echo) }
        ) { port in
            for (start, piece) in [
                ("Content-Length: 100000", "a"), ("Transfer-Encoding: chunked", "1\r\na\r\n"),
            ] {
                let client = try await RawClient(port: port)
                await client.send("POST /hooks HTTP/1.1\r\nHost: a\r\n\(start)\r\n\r\n")
                let writing = Task {
                    while !Task.isCancelled, await client.trySend(piece) { await Task.yield() }
                }
                #expect(try await client.answer().hasPrefix("HTTP/1.1 408 "))
                writing.cancel()
            }
        }
    }

    @Test("A client that asks and asks and does not read is cut off when its answers pile up")
    func deaf() async throws {
        let asked = Atomic(0)
        let large: WebhookHandler = { _, answer in
            asked.add(1, ordering: .relaxed)
            answer(WebhookReply(status: 200, body: [UInt8](repeating: 0x61, count: 1_000_000)))
        }
        try await withListener(routes: { $0.route("/large", large) }) { port in
            let client = try await RawClient(port: port, isReading: false)
            await client.send(String(repeating: "GET /large HTTP/1.1\r\nHost: a\r\n\r\n", count: 500))
            await client.closed()
            let times = asked.load(ordering: .relaxed)
            #expect(times < 20)
        }
    }
}
