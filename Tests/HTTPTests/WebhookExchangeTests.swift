import NIOHTTP1
import Testing

@testable import HTTP

@Suite("One connection's requests, without a connection")
struct WebhookExchangeTests {
    private static func routes() -> WebhookRoutes {
        var routes = WebhookRoutes()
        routes.add(WebhookRoutes.Route("/a", methods: [.get, .post], handler: echo))
        return routes
    }

    private static func exchange(after uri: String? = "/a", limit: Int = 4) -> WebhookExchange {
        var exchange = WebhookExchange(bodyLimit: limit)
        if let uri {
            let head = HTTPRequestHead(version: .http1_1, method: .POST, uri: uri, headers: ["Host": "a"])
            _ = exchange.received(head: head, from: "", match: routes().match)
        }
        return exchange
    }

    @Test("A body is taken up to its limit, in whatever pieces")
    func limit() {
        var exchange = Self.exchange()
        #expect(exchange.received(body: [1, 2]).status == nil)
        #expect(exchange.received(body: [3, 4]).status == nil)
        guard case .handle(let request, _, _) = exchange.receivedEnd() else {
            Issue.record("not handled")
            return
        }
        #expect(request.body == [1, 2, 3, 4])
        var longer = Self.exchange()
        _ = longer.received(body: [1, 2, 3])
        #expect(longer.received(body: [4, 5]).status == 413)
        #expect(longer.phase == .closing)
        #expect(longer.received(body: [6]).status == nil)
        #expect(longer.receivedEnd().status == nil)
    }

    @Test("An answer counts once and only for the request it is for")
    func answers() {
        var exchange = Self.exchange()
        guard case .handle(_, _, let number) = exchange.receivedEnd() else {
            Issue.record("not handled")
            return
        }
        #expect(exchange.answered(WebhookReply(status: 200), number: number + 1).status == nil)
        #expect(exchange.answered(WebhookReply(status: 200), number: number).status == 200)
        #expect(exchange.answered(WebhookReply(status: 200), number: number).status == nil)
        #expect(exchange.phase == .idle)
    }

    @Test("Time runs out: idle closes, a body gets 408, a handler 503, and the connection lives on after 503")
    func timeouts() {
        var idle = Self.exchange(after: nil)
        #expect(idle.timedOut().isClose)
        var reading = Self.exchange()
        #expect(reading.timedOut().status == 408)
        #expect(reading.timedOut().isClose)
        var answering = Self.exchange()
        _ = answering.receivedEnd()
        #expect(answering.timedOut().status == 503)
        #expect(answering.phase == .idle)
    }

    @Test("Stopped: idle closes, a request in hand is read, answered, and the last")
    func stopping() {
        var idle = Self.exchange(after: nil)
        #expect(idle.stop().isClose)
        var reading = Self.exchange()
        #expect(!reading.stop().isClose)
        guard case .handle(_, _, let number) = reading.receivedEnd(),
            case .reply(_, let terms) = reading.answered(WebhookReply(status: 200), number: number)
        else {
            Issue.record("not answered")
            return
        }
        #expect(terms.isLast)
        #expect(reading.phase == .closing)
    }

    @Test("A client that closes its half in mid-request gets nothing; after it, its answer")
    func halfClosed() {
        var reading = Self.exchange()
        #expect(reading.inputClosed().isClose)
        var answering = Self.exchange()
        _ = answering.receivedEnd()
        #expect(!answering.inputClosed().isClose)
    }

    @Test(
        "Targets are split, not decoded",
        arguments: [
            ("/a?b?c", "/a", "b?c"), ("/a", "/a", nil), ("/?", "/", ""), ("http://h:1/a?b", "/a", "b"),
            ("HTTP://h", "/", nil), ("https://h?q", "/", "q"), ("*", nil, nil), ("", nil, nil), ("h:80", nil, nil),
        ] as [(String, String?, String?)])
    func targets(text: String, path: String?, query: String?) {
        let target = WebhookTarget(text)
        #expect(target.map { String($0.path) } == path)
        #expect(target?.query.map(String.init) == query)
    }

    @Test(
        "Dates are written as HTTP wants them",
        arguments: [(784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"), (0, "Thu, 01 Jan 1970 00:00:00 GMT")])
    func dates(seconds: Int, text: String) {
        #expect(HTTPDate.string(secondsSinceEpoch: seconds) == text)
    }
}

extension WebhookExchange.Action {
    fileprivate var status: Int? { if case .reply(let reply, _) = self { reply.status } else { nil } }
    fileprivate var isClose: Bool { if case .close = self { true } else { false } }
}
