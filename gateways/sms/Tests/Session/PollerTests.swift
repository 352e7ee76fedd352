import GatewayKit
import GatewayTesting
import HTTP
import InMemoryLogging
import Logging
import NIOCore
import NIOEmbedded
import Testing

@testable import SMSAdapter

@Suite("Providers that are asked for events")
struct PollerTests {
    private static let profile = """
        profile: 1
        id: trial
        settings: {key: {required: true}}
        send:
          request: {method: POST, url: "https://h/send", json: {text: "{{msg.text}}"}}
          accept: {http: 202}
          result: {id: none}
        states: {done: delivered}
        poll:
          every: 60
          request: {method: GET, url: "https://h/events", query: {after: {value: "{{poll.cursor}}", omit_empty: true}}, headers: {X-Key: "{{key}}"}}
          each: /events
          cases:
            - when: {json: /kind, in: [text]}
              event: inbound
              fields: {id: "json:/id", from: "json:/from", to: "json:/to", text: "json:/text"}
            - when: {json: /kind, in: [report]}
              event: status
              fields: {ref: "json:/ref", number: "json:/number", state: "json:/state", price: "json:/price"}
          cursor: "json:/next"
        tests:
          - {name: s, settings: {key: k}, send: {from: "+15550001111", to: "+15551234567", text: x}, request: {method: POST}}
        """

    private let gateway: Gateway

    init() throws {
        gateway = try Gateway(profile: Self.profile, settings: "{key: k}")
        gateway.provider.answerAlways(.http(200, #"{"events": []}"#))
        gateway.start(owned: [Gateway.alice])
    }

    private static func text(_ id: String) -> String {
        #"{"kind": "text", "id": "\#(id)", "from": "+15551234567", "to": "+15550001111", "text": "hi"}"#
    }

    private func wait(_ seconds: Int64 = 64) {
        gateway.loop.advanceTime(by: .seconds(seconds))
        gateway.loop.run()
    }

    private var cursors: [String] { gateway.provider.queries.map { $0["after"] ?? "none" } }
    private var texts: [MessageID?] {
        gateway.events.compactMap { if case .message(let message) = $0 { message.id } else { nil } }
    }

    @Test("Events are taken, and the next question continues behind them; the cursor is kept")
    func cursor() {
        gateway.provider.answer(
            .http(200, #"{"events": [\#(Self.text("m1")), \#(Self.text("m2"))], "next": "c1"}"#))
        wait()
        #expect(texts == [MessageID("box/+15550001111/m1"), MessageID("box/+15550001111/m2")])
        #expect(gateway.sink.events.contains(.state(.keep("c1", for: "sms-poll/box"))))
        wait()
        #expect(cursors == ["none", "c1"])
    }

    @Test("A restart continues at the kept place")
    func restart() {
        gateway.adapter.recall(["sms-poll/box": "c7"])
        wait()
        #expect(cursors == ["c7"])
    }

    @Test("If an event cannot be stored, the same place is asked again, later and later")
    func notStored() {
        gateway.sink.answer = .refused(Failure(.internal, "disk full"))
        gateway.provider.answerAlways(.http(200, #"{"events": [\#(Self.text("m1"))], "next": "c1"}"#))
        wait()
        wait(60)
        #expect(cursors == ["none"], "the wait is longer after a failure")
        gateway.sink.answer = .stored
        wait(35)
        #expect(cursors == ["none", "none"])
        wait(60)
        #expect(cursors == ["none", "none", "c1"])
    }

    @Test(
        "A broken answer is asked again, and tells the operator once",
        arguments: [
            FakeProvider.Answer.http(500), .http(200, "<html>"), .http(200, "{}"), .http(302),
            .failure(.outcomeUnknown(.timeout)),
        ])
    func broken(answer: FakeProvider.Answer) {
        gateway.provider.answerAlways(answer)
        wait()
        wait(600)
        #expect(gateway.provider.requests.count == 3, "again after 120 and 240 s")
        let warnings = gateway.log.entries.filter { $0.level == .warning }
        #expect(warnings.count == 1)
        #expect(texts.isEmpty)
    }

    @Test("A report belongs to the message that it names")
    func report() {
        _ = gateway.open()
        gateway.provider.answer(
            .http(200, #"{"events": [{"kind": "report", "ref": "r-9", "number": "+15550001111", "state": "done"}]}"#))
        wait()
        #expect(gateway.events.contains(.outcome(RequestID("r-9"), .delivered)))
    }

    @Test("A text for a number of nobody is told to the operator, and does not keep back later events")
    func nobody() {
        let lost = Self.text("m1").replacing("+15550001111", with: "+15550009999")
        gateway.provider.answer(.http(200, #"{"events": [\#(lost), \#(Self.text("m2"))], "next": "c1"}"#))
        wait()
        wait()
        #expect(texts == [MessageID("box/+15550001111/m2")])
        #expect(cursors == ["none", "c1"])
        #expect(gateway.log.entries.count { $0.level == .warning } == 1)
    }

    @Test("An answer with more events than one call may have is taken in slices, and then the next question follows")
    func manyEvents() {
        let events = (1...1_201).map { Self.text("m\($0)") }.joined(separator: ",")
        gateway.provider.answer(.http(200, #"{"events": [\#(events)], "next": "c1"}"#))
        wait()
        #expect(texts.count == 1_201 && texts.last == MessageID("box/+15550001111/m1201"))
        wait()
        #expect(cursors == ["none", "c1"])
    }

    @Test("If a later slice cannot be stored, the same place is asked again")
    func laterSlice() {
        let events = (1...501).map { Self.text("m\($0)") }.joined(separator: ",")
        gateway.provider.answerAlways(.http(200, #"{"events": [\#(events)], "next": "c1"}"#))
        gateway.sink.observer = { [sink = gateway.sink] _, _ in
            if sink.messages.count > 500 { sink.answer = .refused(Failure(.internal, "disk full")) }
        }
        wait()
        wait(120)
        #expect(cursors == ["none", "none"])
    }

    @Test(
        "A STOP to a number of nobody is told before the text is given up; if it cannot be stored, it is asked for again"
    )
    func consentOfNobody() throws {
        let lone = try Gateway(profile: Self.profile, settings: "{key: k}")
        lone.start()
        let stop = Self.text("m1").replacing("hi", with: "STOP")
        lone.provider.answerAlways(.http(200, #"{"events": [\#(stop)], "next": "c1"}"#))
        lone.factAnswer = .refused(Failure(.remoteDown, "full"))
        func wait() {
            lone.loop.advanceTime(by: .seconds(130))
            lone.loop.run()
        }
        wait()
        #expect(lone.looseFacts.count == 1)
        lone.factAnswer = .stored
        wait()
        #expect(lone.looseFacts.count >= 2)
        wait()
        let line = UniqueValue("phone", Gateway.alice)
        let peer = PeerAddress(network: SMSRules.network, name: Gateway.friend)
        #expect(lone.looseFacts.first == .consent(.withdrawn, of: peer, for: line, at: Gateway.noon))
        #expect(lone.provider.queries.map { $0["after"] ?? "none" }.prefix(3) == ["none", "none", "c1"])
    }

    @Test("The price of a message is told also if its user has unregistered since")
    func priceOfNobody() throws {
        let lone = try Gateway(profile: Self.profile, settings: "{key: k}")
        lone.start()
        let report = #"{"kind": "report", "ref": "r-9", "number": "+15550001111", "state": "done", "price": "0.02"}"#
        lone.provider.answer(.http(200, #"{"events": [\#(report)]}"#))
        lone.loop.advanceTime(by: .seconds(64))
        lone.loop.run()
        #expect(lone.looseFacts == [.message(RequestID("r-9"), MessageFacts(price: "0.02"))])
    }

    @Test("Questions take the token of their own rule, and messages that of theirs")
    func tokens() throws {
        let own = Self.profile.replacing(
            "headers: {X-Key: \"{{key}}\"}}",
            with: "auth: {oauth2: {url: \"https://h/token\", client_id: \"{{key}}\", client_secret: \"{{key}}\"}}}")
        let gateway = try Gateway(profile: own, settings: "{key: k}")
        gateway.provider.answer(
            .http(200, #"{"access_token": "t1", "expires_in": 3600}"#), .http(200, #"{"events": []}"#))
        gateway.start(owned: [Gateway.alice])
        gateway.loop.advanceTime(by: .seconds(64))
        gateway.loop.run()
        #expect(gateway.provider.requests.map(\.url) == ["https://h/token", "https://h/events"])
        let header = gateway.provider.requests.last?.headers.first { $0.0 == "Authorization" }
        #expect(header?.1 == "Bearer t1")
    }

    @Test("One question is on its way at a time")
    func oneAtATime() {
        gateway.provider.hold()
        wait()
        wait(600)
        #expect(gateway.provider.requests.count == 1)
    }
}
