import GatewayKit
import GatewayTesting
import HTTP
import NIOEmbedded
import Testing

@testable import SMSAdapter

@Suite("Reports that name the provider's id only")
struct SentIDTests {
    private static let profile = """
        profile: 1
        id: trial
        settings: {token: {required: true}}
        send:
          request: {method: GET, url: "https://h/send", query: {to: "{{msg.to}}", text: "{{msg.text}}"}}
          accept: {http: 202}
          result: {id: "re:id=([a-z0-9]+)"}
        states: {done: delivered, lost: failed, moving: sent}
        hooks:
          status:
            methods: [GET]
            verify: [{scheme: shared_secret, value: "query:token", key: "{{token}}"}]
            fields: {id: "query:id", state: "query:state"}
        tests:
          - {name: s, settings: {token: t}, send: {from: "+15550001111", to: "+15551234567", text: x}, request: {method: GET}}
          - {name: r, settings: {token: t}, hook: status, request: {query: "token=t&id=a&state=done"}, event: {id: a, state: delivered}}
        """

    private let gateway: Gateway

    init() throws {
        gateway = try Gateway(profile: Self.profile, settings: "{token: t}")
        gateway.start(owned: [Gateway.alice])
    }

    private func report(_ id: String, _ state: String) -> Int? {
        gateway.call(WebhookRequest(.get, path: "/box/status", rawQuery: "token=t&id=\(id)&state=\(state)"))?.status
    }

    private var outcomes: [Event] { gateway.events.filter { if case .outcome = $0 { true } else { false } } }

    @Test("A report finds its message, whose id is kept until the end")
    func found() {
        gateway.provider.answer(.http(202, "id=a1"))
        gateway.send(gateway.open(), "x")
        #expect(gateway.sink.events.contains(.state(.keep("+15550001111 r-1", for: "sms-id/box/a1"))))
        #expect(report("a1", "moving") == 200)
        #expect(report("a1", "done") == 200)
        #expect(outcomes.last == .outcome(RequestID("r-1"), .delivered))
        #expect(gateway.sink.events.contains(.state(.keep(nil, for: "sms-id/box/a1"))))
    }

    @Test("A report that comes before the answer waits for it")
    func early() {
        gateway.provider.hold()
        gateway.send(gateway.open(), "x")
        #expect(report("a1", "done") == nil)
        gateway.provider.release(.http(202, "id=a1"))
        gateway.loop.run()
        #expect(outcomes.last == .outcome(RequestID("r-1"), .delivered))
    }

    @Test("A report on a message of another program is answered and ignored")
    func foreign() {
        let session = gateway.open()
        #expect(report("zz", "done") == 200)
        gateway.provider.hold()
        gateway.send(session, "x")
        #expect(report("zz", "done") == nil)
        gateway.provider.release(.http(202, "id=a1"))
        gateway.loop.run()
        #expect(outcomes == [.outcome(RequestID("r-1"), .accepted(as: MessageID("box/a1")))])
    }

    @Test("After a restart a report still finds its message")
    func recalled() {
        gateway.adapter.recall(["sms-id/box/old": "+15550001111 r-0", "sms-id/box/bad": "x", "other": "y"])
        #expect(report("old", "done") == 200)
        #expect(outcomes == [.outcome(RequestID("r-0"), .delivered)])
        #expect(report("bad", "done") == 200)
    }

    @Test("The number of ids is bounded, and the oldest are forgotten")
    func bounded() throws {
        let sent = SentIDs()
        let message = SentIDs.Message(number: try #require(E164(Gateway.alice)), ref: RequestID("r"))
        for index in 0...SentIDs.most { _ = sent.answered("box", "\(index)", message) }
        var found: [SentIDs.Message?] = []
        for id in ["0", "1999", "2000", "\(SentIDs.most)"] { sent.find(id, of: "box") { found.append($0) } }
        #expect(found == [nil, nil, message, message])
    }

    @Test("The number of ids that are kept is bounded: the oldest is dropped, and finished ones make room")
    func keptBound() throws {
        let sent = SentIDs()
        let message = SentIDs.Message(number: try #require(E164(Gateway.alice)), ref: RequestID("r"))
        var dropped: [String] = []
        func answer(_ id: Int) {
            for case .state(.keep(nil, for: let key)) in sent.answered("box", "\(id)", message) { dropped.append(key) }
        }
        for id in 0..<SentIDs.mostKept { answer(id) }
        #expect(dropped == [])
        answer(SentIDs.mostKept)
        #expect(dropped == ["sms-id/box/0"])
        #expect(sent.finished("1", of: "box") == .state(.keep(nil, for: "sms-id/box/1")))
        answer(SentIDs.mostKept + 1)
        #expect(dropped.count == 1)
        answer(SentIDs.mostKept + 2)
        #expect(dropped == ["sms-id/box/0", "sms-id/box/2"])
    }

    @Test("At most 64 reports of an account wait for an answer; more are answered at once")
    func earlyBound() {
        let sent = SentIDs()
        sent.sending("box")
        var answered = 0
        for index in 0...SentIDs.mostEarly { sent.find("\(index)", of: "box") { _ in answered += 1 } }
        #expect(answered == 1)
    }
}
