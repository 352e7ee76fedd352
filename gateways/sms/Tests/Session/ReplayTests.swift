import Basics
import GatewayKit
import GatewayTesting
import HTTP
import InMemoryLogging
import Logging
import NIOEmbedded
import Testing

@testable import SMSAdapter

@Suite("Captured calls")
struct ReplayTests {
    private static let profile = """
        profile: 1
        id: trial
        settings: {key: {required: true}}
        send:
          request: {method: POST, url: "https://h/send", json: {to: "{{msg.to}}", text: "{{msg.text}}"}}
          accept: {http: 202}
          result: {id: none}
        hooks:
          events:
            methods: [POST]
            body: json
            verify:
              - {scheme: hmac, value: "header:X-Sig", key: "{{key}}", signed: "{{body}}|{{header.X-Time}}", time: "header:X-Time|epoch"}
            cases:
              - event: inbound
                fields: {id: "json:/id", from: "json:/from", to: "json:/to", text: "json:/text"}
        tests:
          - {name: s, settings: {key: k}, send: {from: "+15550001111", to: "+15551234567", text: x}, request: {json: '{"to": "+15551234567", "text": "x"}'}}
          - {name: r, settings: {key: k}, hook: events, request: {method: POST, body: "{}"}, refused: unverified}
        """

    private let gateway: Gateway

    init() throws {
        gateway = try Gateway(profile: Self.profile, settings: "{key: k}")
        gateway.start(owned: [Gateway.alice])
    }

    private func call(_ id: String = "m1", time: String = "1767268800", key: String = "k", path: String = "/box/events")
        -> WebhookReply?
    {
        let body = Array(#"{"id":"\#(id)","from":"+15551234567","to":"+15550001111","text":"hi"}"#.utf8)
        let code = SignatureDigest.sha256.authenticationCode(of: body + Array("|\(time)".utf8), key: Array(key.utf8))
        return gateway.call(
            WebhookRequest(.post, path: path, headers: [("X-Sig", Hex.encode(code)), ("X-Time", time)], body: body))
    }

    private var messages: Int { gateway.sink.events.count { if case .message = $0 { true } else { false } } }
    private var warnings: [String] { gateway.log.entries.map { "\($0.metadata["why"] ?? "")" } }

    @Test("The same call a second time is refused, stores nothing, and is told")
    func replay() {
        #expect(call()?.status == 200)
        #expect(call()?.status == 403)
        #expect(messages == 1)
        #expect(warnings.contains("made before"))
        #expect(call("m2")?.status == 200)
        #expect(call(time: "1767268801")?.status == 200)
    }

    @Test("A call that could not be stored may be made again with its old signature")
    func notStored() {
        gateway.sink.answer = .refused(Failure(.internal, "disk full"))
        #expect(call()?.status == 503)
        gateway.sink.answer = .stored
        #expect(call()?.status == 200)
        #expect(call()?.status == 403)
    }

    @Test(
        "A call with a wrong key or an old time stores nothing",
        arguments: [("k2", "1767268800"), ("k", "1767268499"), ("k", "1767269101")])
    func refused(key: String, time: String) {
        #expect(call(time: time, key: key)?.status == 403)
        #expect(messages == 0)
        #expect(warnings.contains("not verified"))
    }

    @Test("The address may name one of our numbers")
    func path() {
        #expect(call(path: "/box/events/15550001111")?.status == 200)
        #expect(call(path: "/box/inbound/15550001111")?.status == 404)
        #expect(call(path: "/box/inbound")?.status == 404)
    }

    @Test("The cache is bounded, keeps accounts apart, and forgets the oldest")
    func bounded() {
        let cache = ReplayCache()
        let use = { (number: Int) in Proof.Use(digest: Array("\(number)".utf8), end: 10) }
        for number in 0...ReplayCache.most { #expect(cache.claim(use(number), of: "a", now: 0)) }
        #expect(!cache.claim(use(ReplayCache.most), of: "a", now: 0))
        #expect(cache.claim(use(ReplayCache.most), of: "b", now: 0))
        #expect(cache.claim(use(0), of: "a", now: 0))
        cache.release(use(ReplayCache.most), of: "a")
        #expect(cache.claim(use(ReplayCache.most), of: "a", now: 0))
    }
}
