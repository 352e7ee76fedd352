import GatewayKit
import GatewayTesting
import HTTP
import NIOCore
import NIOEmbedded
import Testing

@testable import SMSAdapter

@Suite("Long texts that come in parts")
struct PartAssemblyTests {
    private static let profile = """
        profile: 1
        id: trial
        settings: {token: {required: true}}
        send:
          request: {method: GET, url: "https://h/send", query: {to: "{{msg.to}}", text: "{{msg.text}}"}}
          accept: {http: 202}
          result: {id: none}
        hooks:
          inbound:
            methods: [GET]
            verify: [{scheme: shared_secret, value: "query:token", key: "{{token}}"}]
            fields:
              id: "query:id"
              from: "query:from"
              to: "query:to"
              text: "query:text"
              parts: {ref: "query:ref", number: "query:part", count: "query:total"}
        tests:
          - {name: s, settings: {token: t}, send: {from: "+15550001111", to: "+15551234567", text: x}, request: {method: GET}}
          - {name: i, settings: {token: t}, hook: inbound, request: {query: "token=t&id=a&from=1&to=2&text=x&ref=7&part=2&total=3"}, event: {id: a, from: "1", to: "2", text: x, part: "7 2/3"}}
        """

    private let gateway: Gateway

    init() throws {
        gateway = try Gateway(profile: Self.profile, settings: "{token: t}")
        gateway.start(owned: [Gateway.alice])
    }

    private func part(
        _ number: Int, of count: Int, _ text: String, id: String, ref: String = "7", from: String = "15551234567"
    ) -> Int? {
        let query =
            "token=t&id=\(id)&from=\(from)&to=15550001111&text=\(text)&ref=\(ref)&part=\(number)&total=\(count)"
        return gateway.call(WebhookRequest(.get, path: "/box/inbound", rawQuery: query))?.status
    }

    private var texts: [String] { gateway.sink.messages.map(\.text) }

    @Test("The parts of a text become one message, in their order, with the id of the first part")
    func whole() {
        #expect(part(3, of: 3, "c", id: "p3") == 200)
        #expect(part(1, of: 3, "a", id: "p1") == 200)
        #expect(texts.isEmpty)
        #expect(part(2, of: 3, "b", id: "p2") == 200)
        #expect(texts == ["abc"])
        #expect(gateway.sink.messages.first?.id == MessageID("box/+15550001111/p1"))
        gateway.loop.advanceTime(by: .seconds(120))
        #expect(texts == ["abc"])
    }

    @Test("A part is on disk before it is acknowledged; if the core does not take it, the provider calls again")
    func durable() throws {
        _ = gateway.open()
        gateway.sink.answer = .refused(Failure(.internal, "disk full"))
        #expect(part(1, of: 2, "a", id: "p1") == 503)
        gateway.sink.answer = .stored
        #expect(part(1, of: 2, "a", id: "p1") == 200)
        guard case .state(.keep(let value?, for: "sms-part/box/+15550001111/p1"))? = gateway.sink.awaited.last else {
            Issue.record("\(gateway.sink.awaited)")
            return
        }
        let next = try Gateway(profile: Self.profile, settings: "{token: t}")
        next.start(owned: [Gateway.alice])
        next.adapter.recall(["sms-part/box/+15550001111/p1": value])
        let query = "token=t&id=p2&from=15551234567&to=15550001111&text=b&ref=7&part=2&total=2"
        #expect(next.call(WebhookRequest(.get, path: "/box/inbound", rawQuery: query))?.status == 200)
        #expect(next.sink.messages.map(\.text) == ["ab"])
    }

    @Test("A phone with many unfinished texts breaks its own oldest one, and none of another phone")
    func flood() {
        #expect(part(1, of: 2, "mine", id: "a1", from: "15559990001") == 200)
        for number in 1...600 {
            #expect(part(1, of: 2, "junk", id: "j\(number)", ref: "\(number)", from: "15559990002") == 200)
        }
        #expect(!texts.contains { $0.contains("mine") })
        #expect(texts.count == 500, "the oldest texts of the flood went on")
        #expect(part(2, of: 2, " too", id: "a2", from: "15559990001") == 200)
        #expect(texts.last == "mine too")
    }

    @Test("If many phones fill the table, the one with the most parts gives way")
    func manySenders() {
        for sender in 1...5 {
            for number in 1...(sender == 1 ? 100 : 98) {
                let from = "1555999000\(sender)"
                _ = part(1, of: 2, "x", id: "s\(sender)-\(number)", ref: "\(number)", from: from)
            }
        }
        for number in 1...10 {
            _ = part(1, of: 2, "x", id: "t-\(number)", ref: "1\(number)", from: "1555888000\(number)")
        }
        #expect(texts.count == 2, "502 parts have come")
        #expect(gateway.sink.messages.allSatisfy { $0.displayName == "+15559990001" })
    }

    @Test("When the wait is over, a text goes on without its missing parts, and says so")
    func incomplete() {
        #expect(part(2, of: 4, "b", id: "p2") == 200)
        #expect(part(3, of: 4, "c", id: "p3") == 200)
        gateway.loop.advanceTime(by: .seconds(59))
        #expect(texts.isEmpty)
        gateway.loop.advanceTime(by: .seconds(1))
        #expect(texts == [" […] bc […] "])
    }

    @Test("A repeated part changes nothing, also when its text is finished, and after a restart")
    func repeated() throws {
        for _ in 0..<2 { #expect(part(1, of: 2, "a", id: "p1") == 200) }
        for _ in 0..<2 { #expect(part(2, of: 2, "b", id: "p2") == 200) }
        gateway.loop.advanceTime(by: .seconds(120))
        #expect(texts == ["ab"])
        let kept = gateway.sink.awaited.suffix(2)
        #expect(kept.allSatisfy { if case .state(.keep("", for: _)) = $0 { true } else { false } })
        let next = try Gateway(profile: Self.profile, settings: "{token: t}")
        next.start(owned: [Gateway.alice])
        next.adapter.recall(["sms-part/box/+15550001111/p1": "", "sms-part/box/+15550001111/p2": ""])
        let query = "token=t&id=p2&from=15551234567&to=15550001111&text=b&ref=7&part=2&total=2"
        #expect(next.call(WebhookRequest(.get, path: "/box/inbound", rawQuery: query))?.status == 200)
        next.loop.advanceTime(by: .seconds(120))
        #expect(next.sink.messages.isEmpty)
    }

    @Test("If the core does not take a text, its parts stay, and the next attempt follows")
    func coreAway() {
        #expect(part(1, of: 2, "a", id: "p1") == 200)
        gateway.sink.observer = { [gateway] event, _ in
            if case .message = event { gateway.sink.answer = .refused(Failure(.internal, "disk full")) }
        }
        #expect(part(2, of: 2, "b", id: "p2") == 200)
        gateway.sink.observer = nil
        gateway.sink.answer = .stored
        gateway.loop.advanceTime(by: .seconds(10))
        #expect(texts == ["ab", "ab"], "the core recognises the second one by its id")
        gateway.loop.advanceTime(by: .seconds(60))
        #expect(texts.count == 2)
    }

    @Test("A part goes to nobody but the user who had the number when it came")
    func otherUser() throws {
        let query = "token=t&id=p1&from=15551234567&to=15550001111&text=a&ref=7&part=1&total=2"
        #expect(gateway.call(WebhookRequest(.get, path: "/box/inbound", rawQuery: query))?.status == 200)
        gateway.sessions[0].close(reason: "") {}
        let other = RecordingSink()
        let account = Account(
            id: AccountID(user: UserID("mallory"), network: SMSRules.network), preferredNick: "x",
            settings: ["phone": Gateway.alice])
        _ = gateway.adapter.open(account, events: other.sink)
        gateway.loop.advanceTime(by: .seconds(60))
        #expect(other.messages.isEmpty && texts.isEmpty)
        #expect(other.awaited == [.state(.keep("", for: "sms-part/box/+15550001111/p1"))], "the text is gone")
    }

    @Test("Two texts of one reference do not mix")
    func sameReference() {
        #expect(part(1, of: 2, "a", id: "p1") == 200)
        #expect(part(1, of: 2, "c", id: "p3") == 200)
        #expect(texts == ["a […] "])
        #expect(part(2, of: 2, "d", id: "p4") == 200)
        #expect(texts == ["a […] ", "cd"])
    }

    @Test("A text that is whole, or whose place makes no sense, goes on at once", arguments: ["0", "3", "x", ""])
    func single(number: String) {
        let query = "token=t&id=p1&from=15551234567&to=15550001111&text=a&ref=7&part=\(number)&total=2"
        #expect(gateway.call(WebhookRequest(.get, path: "/box/inbound", rawQuery: query))?.status == 200)
        #expect(texts == ["a"])
    }

    @Test("The number of remembered parts is bounded; beyond it a text goes on without its missing parts")
    func bounded() {
        for index in 0..<PartAssembly.most {
            let from = "1555\(1_000_000 + index)"
            #expect(part(1, of: 2, "a", id: "p\(index)", ref: "r\(index)", from: from) == 200)
        }
        #expect(texts.isEmpty)
        #expect(part(1, of: 2, "more", id: "q", ref: "q") == 200)
        #expect(texts == ["a […] "])
    }
}
