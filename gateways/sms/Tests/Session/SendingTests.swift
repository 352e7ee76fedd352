import GatewayKit
import GatewayTesting
import HTTP
import NIOCore
import NIOEmbedded
import Testing

@testable import SMSAdapter

@Suite("Outbound messages")
struct SendingTests {
    private let gateway: Gateway

    init() throws { gateway = try Gateway() }

    @Test("A session is online under its number as soon as it is open")
    func online() {
        _ = gateway.open()
        #expect(gateway.sink.news == [.state(.online(nick: Gateway.alice))])
    }

    @Test("A message becomes one request that carries its id in the callback address")
    func request() throws {
        gateway.send(gateway.open(), "hello €", id: "r-7")
        #expect(gateway.provider.requests.count == 1)
        let query = try #require(gateway.provider.queries.first)
        #expect(query["to"] == Gateway.friend)
        #expect(query["from"] == Gateway.alice)
        #expect(query["text"] == "hello €")
        #expect(query["coding"] == "0")
        #expect(
            query["dlr-url"]?.hasPrefix(
                "https://gw.example/sms/sms.example/box/status/15550001111?token=the-token&ref=r-7&status=%d") == true)
        #expect(gateway.events == [.outcome(RequestID("r-7"), .accepted(as: nil))])
    }

    @Test("The user's number decides which provider gets the message")
    func providerByNumber() {
        gateway.provider.answer(.http(201, #"{"sid":"SM9","status":"queued"}"#))
        gateway.send(gateway.open(Gateway.bob), "hi")
        #expect(
            gateway.provider.requests.map(\.url) == ["https://api.twilio.com/2010-04-01/Accounts/AC1/Messages.json"])
        #expect(gateway.events == [.outcome(RequestID("r-1"), .accepted(as: MessageID("cloud/SM9")))])
    }

    @Test(
        "Every answer has its outcome",
        arguments: [
            (FakeProvider.Answer.http(202, "3: Queued for later delivery"), Failure.Kind?.none, Failure.Retry.never),
            (.http(403, "Authorization failed"), .remoteDown, .after(.seconds(60))),
            (.http(400, "Number(s) has/have odd characters"), .notFound, .never),
            (.http(503, "Temporal failure"), .remoteDown, .after(.seconds(10))),
            (.http(429, "", headers: [("Retry-After", "3")]), .rateLimited, .after(.seconds(3))),
            (.http(500), .unknownOutcome, .never), (.http(202, "what?"), .unknownOutcome, .never),
            (.http(202, "\u{0}\u{FFFD}<html>"), .unknownOutcome, .never), (.http(202, ""), .unknownOutcome, .never),
            // Kannel accepts messages with another status, so another server must have given this answer.
            (.http(200, "0: Accepted for delivery"), .unknownOutcome, .never), (.http(204), .unknownOutcome, .never),
            (.http(302, "", headers: [("Location", "http://elsewhere.example/")]), .internal, .never),
            (.http(401), .remoteDown, .after(.seconds(60))), (.http(404, "<html>"), .notAcceptable, .never),
            (.http(408), .remoteDown, .after(.seconds(10))),
            (.http(429), .rateLimited, .after(.seconds(5))),
            (.http(429, "", headers: [("Retry-After", "tomorrow")]), .rateLimited, .after(.seconds(5))),
            (.http(429, "", headers: [("Retry-After", "-5")]), .rateLimited, .after(.zero)),
            // The manual clock shows 2026-01-01 12:00:00.
            (
                .http(429, "", headers: [("Retry-After", "Thu, 01 Jan 2026 12:00:42 GMT")]), .rateLimited,
                .after(.seconds(42))
            ),
            (
                .http(503, "", headers: [("Retry-After", "Thu, 01 Jan 2026 11:00:00 GMT")]), .remoteDown,
                .after(.zero)
            ),
            (.http(429, "", headers: [("Retry-After", "999999999")]), .rateLimited, .after(.seconds(3600))),
            (.http(502, "Bad Gateway"), .unknownOutcome, .never), (.http(504), .unknownOutcome, .never),
            (.failure(.outcomeUnknown(.answerTooLarge)), .unknownOutcome, .never),
            (.failure(.outcomeUnknown(.malformedAnswer)), .unknownOutcome, .never),
            (.failure(.notSent(.unresolved)), .remoteDown, .after(.seconds(10))),
            (.failure(.notSent(.overloaded)), .remoteDown, .after(.seconds(10))),
            (.failure(.notSent(.refused)), .remoteDown, .after(.seconds(10))),
            (.failure(.notSent(.tls("expired"))), .remoteDown, .after(.seconds(60))),
            (.failure(.notSent(.invalidRequest("bad"))), .internal, .never),
            (.failure(.outcomeUnknown(.timeout)), .unknownOutcome, .never),
            (.failure(.outcomeUnknown(.connectionLost)), .unknownOutcome, .never),
        ])
    func outcomes(answer: FakeProvider.Answer, kind: Failure.Kind?, retry: Failure.Retry) throws {
        gateway.provider.answer(answer)
        gateway.send(gateway.open(), "x")
        #expect(gateway.provider.requests.count == 1)
        guard let kind else {
            #expect(gateway.events == [.outcome(RequestID("r-1"), .accepted(as: nil))])
            return
        }
        guard case .outcome(RequestID("r-1"), .failed(let failure))? = gateway.events.first, gateway.events.count == 1
        else {
            Issue.record("\(gateway.events)")
            return
        }
        #expect(failure.kind == kind)
        #expect(failure.retry == retry)
        #expect(failure.detail?.isEmpty == false)
    }

    @Test(
        "A message that cannot be a text message is refused before anything is sent",
        arguments: [
            (Gateway.friend, "", Failure.Kind.notAcceptable), (Gateway.friend, " \n ", .notAcceptable),
            (Gateway.friend, String(repeating: "a", count: 1531), .tooLong),
            (Gateway.friend, String(repeating: "ž", count: 671), .tooLong),
            ("354735604948;phone-context=alphanumeric.phone-context.soprani.ca", "x", .unsupported),
            ("33733;phone-context=+44", "x", .notFound), ("nonsense", "x", .unsupported),
        ])
    func refused(to: String, text: String, kind: Failure.Kind) {
        gateway.send(gateway.open(), text, to: to)
        #expect(gateway.provider.requests.isEmpty)
        guard case .outcome(_, .failed(let failure))? = gateway.events.first else {
            Issue.record("\(gateway.events)")
            return
        }
        #expect(failure.kind == kind)
        #expect(failure.retry == .never)
    }

    @Test(
        "The longest text within the limit is sent",
        arguments: [String(repeating: "a", count: 1530), String(repeating: "ž", count: 670)])
    func longest(text: String) {
        gateway.send(gateway.open(), text)
        #expect(gateway.events == [.outcome(RequestID("r-1"), .accepted(as: nil))])
    }

    @Test("Messages to one person are sent one after the other, messages to others in parallel")
    func order() {
        let session = gateway.open()
        gateway.provider.hold()
        gateway.send(session, "one", id: "a1")
        gateway.send(session, "two", id: "a2")
        gateway.send(session, "three", id: "b1", to: "+15557654321")
        #expect(gateway.provider.queries.map { $0["text"] } == ["one", "three"])
        gateway.provider.release()
        gateway.loop.run()
        #expect(gateway.provider.queries.map { $0["text"] } == ["one", "three", "two"])
    }

    @Test("A provider's rate is kept, and the failure of a message beyond the full queue has the time to try again")
    func pace() throws {
        let gateway = try Gateway(rate: "{per_second: 2, burst: 2}")
        let session = gateway.open()
        for index in 0..<(SendQueue.mostWaiting + 3) {
            gateway.send(session, "\(index)", id: "r-\(index)", to: "+1555\(1_000_000 + index)")
        }
        #expect(gateway.provider.requests.count == 2)
        guard case .outcome(RequestID("r-\(SendQueue.mostWaiting + 2)"), .failed(let failure))? = gateway.events.last
        else {
            Issue.record("\(gateway.events)")
            return
        }
        #expect(failure.kind == .rateLimited)
        #expect(failure.retry == .after(.seconds(100)))
        gateway.loop.advanceTime(by: .milliseconds(499))
        #expect(gateway.provider.requests.count == 2)
        gateway.loop.advanceTime(by: .milliseconds(1))
        #expect(gateway.provider.requests.count == 3)
        gateway.loop.advanceTime(by: .seconds(10))
        #expect(gateway.provider.requests.count == 23)
    }

    @Test("Requests for rooms and names are not supported")
    func others() {
        let session = gateway.open()
        let room = RoomAddress(network: SMSRules.network, name: "x")
        for action in [Request.Action.join(room, password: nil), .leave(room, reason: nil), .changeNick("x")] {
            session.perform(Request(id: RequestID("r"), action: action))
        }
        let kinds = gateway.events.map { event -> Failure.Kind? in
            if case .outcome(_, .failed(let failure)) = event { failure.kind } else { nil }
        }
        #expect(kinds == [.unsupported, .unsupported, .unsupported])
    }

    @Test("The capabilities of a session depend on the correspondent")
    func capabilities() {
        _ = gateway.open()
        func capabilities(_ name: String) -> Capabilities {
            gateway.capabilities(of: .peer(PeerAddress(network: SMSRules.network, name: name)))
        }
        #expect(capabilities(Gateway.friend).text == .partial)
        #expect(capabilities(Gateway.friend)[.deliveryReport] == .full)
        #expect(capabilities(Gateway.friend).limits.textBytes == 3060)
        #expect(capabilities("33733;phone-context=ca-us.phone-context.soprani.ca").text == .partial)
        #expect(capabilities("3547;phone-context=alphanumeric.phone-context.soprani.ca").text == .rejected)
        #expect(gateway.capabilities(of: nil).text == .rejected)
    }

    @Test("The session of a number that is not served any more reports that and fails every request")
    func numberGone() {
        let session = gateway.open("+15559999999")
        gateway.send(session, "x")
        guard case .state(.capabilities)? = gateway.sink.events.first else {
            Issue.record("\(gateway.sink.events)")
            return
        }
        guard case .state(.offline(let failure, retrying: false))? = gateway.sink.news.first,
            case .outcome(_, .failed(let refusal))? = gateway.sink.events.last
        else {
            Issue.record("\(gateway.sink.events)")
            return
        }
        #expect(failure.kind == .registrationRequired)
        #expect(refusal == failure)
    }

    @Test("A number has one session; when it is closed, the number can have another one")
    func oneSession() {
        let first = gateway.open()
        let second = RecordingSink()
        _ = gateway.open(sink: second)
        guard case .state(.offline(let failure, retrying: false))? = second.news.first else {
            Issue.record("\(second.events)")
            return
        }
        #expect(failure.kind == .conflict)
        first.close(reason: "bye") {}
        let third = RecordingSink()
        _ = gateway.open(sink: third)
        #expect(third.news == [.state(.online(nick: Gateway.alice))])
    }
}
