import GatewayKit
import GatewayTesting
import HTTP
import InMemoryLogging
import Logging
import NIOEmbedded
import Testing

@testable import SMSAdapter

@Suite("Calls with several events, through a whole gateway")
struct EventListTests {
    private static let profile = """
        profile: 1
        id: trial
        settings: {token: {required: true}}
        send:
          request: {method: POST, url: "https://h/send", json: {to: "{{msg.to}}", text: "{{msg.text}}", tag: "{{msg.tag}}"}}
          accept: {http: 202}
          result: {id: none}
        states: {done: delivered, lost: failed}
        hooks:
          events:
            methods: [POST]
            body: json
            verify: [{scheme: shared_secret, value: "query:token", key: "{{token}}"}]
            each: /
            cases:
              - when: {json: /text, exists: true}
                event: inbound
                fields: {id: "json:/id", from: "json:/from", to: "json:/to", text: "json:/text"}
              - event: status
                fields: {tag: "json:/tag", part: "json:/part", state: "json:/state"}
        tests:
          - {name: s, settings: {token: t}, send: {ref: r, from: "+15550001111", to: "+15551234567", text: x}, request: {json: '{"to": "+15551234567", "text": "x", "tag": "15550001111-r"}'}}
          - {name: r, settings: {token: t}, hook: events, request: {method: POST, body: "[]"}, refused: unverified}
        """

    private let gateway: Gateway

    init() throws {
        gateway = try Gateway(profile: Self.profile, settings: "{token: t}")
        gateway.start(owned: [Gateway.alice])
    }

    private func call(_ body: String) -> Int? {
        gateway.call(WebhookRequest(.post, path: "/box/events", rawQuery: "token=t", body: Array(body.utf8)))?.status
    }

    private static let two =
        #"[{"id": "1", "from": "+15551234567", "to": "+15550001111", "text": "a"}, {"id": "2", "from": "+15551234567", "to": "+15550001111", "text": "b"}]"#

    private var texts: [String] {
        gateway.events.compactMap { event in
            guard case .message(let message) = event, case .text(let text) = message.content else { return nil }
            return text.body
        }
    }

    @Test("All events are stored before the call is answered")
    func stored() {
        #expect(call(Self.two) == 200)
        #expect(texts == ["a", "b"])
    }

    @Test("If they cannot be stored, the provider has to call again")
    func refused() {
        gateway.sink.answer = .refused(Failure(.internal, "disk full"))
        #expect(call(Self.two) == 503)
        gateway.sink.answer = .stored
        #expect(call(Self.two) == 200)
    }

    @Test("A bad event in a list is told, and the others are stored")
    func oneBad() {
        #expect(call(Self.two.replacing(#""id": "1", "#, with: "")) == 200)
        #expect(texts == ["b"])
        #expect(gateway.log.entries.contains { $0.metadata["why"] == "the id is missing" })
        #expect(
            call(#"[{"tag": "15550001111-é", "state": "done"}, {"tag": "15550001111-r-1", "state": "done"}]"#) == 200)
        #expect(gateway.events.last == .outcome(RequestID("r-1"), .delivered))
        #expect(call(#"[{"tag": "15550001111-é", "state": "done"}]"#) == 400)
    }

    @Test("A message of two parts is delivered when both are, and failed when one is")
    func parts() {
        let session = gateway.open()
        gateway.provider.answerAlways(.http(202))
        let long = String(repeating: "x", count: 200)
        gateway.send(session, long, id: "r-1")
        gateway.send(session, long, id: "r-2")
        let count = gateway.events.count
        #expect(call(#"[{"tag": "15550001111-r-1", "part": "1", "state": "done"}]"#) == 200)
        #expect(call(#"[{"tag": "15550001111-r-2", "part": "1", "state": "done"}]"#) == 200)
        #expect(gateway.events.count == count)
        #expect(call(#"[{"tag": "15550001111-r-1", "part": "2", "state": "done"}]"#) == 200)
        #expect(gateway.events.last == .outcome(RequestID("r-1"), .delivered))
        #expect(call(#"[{"tag": "15550001111-r-2", "part": "2", "state": "lost"}]"#) == 200)
        guard case .outcome(RequestID("r-2"), .failed)? = gateway.events.last else {
            Issue.record("\(gateway.events)")
            return
        }
    }
}
