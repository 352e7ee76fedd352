import GatewayKit
import GatewayTesting
import HTTP
import InMemoryLogging
import Logging
import NIOCore
import NIOEmbedded
import Synchronization
import Testing

@testable import SMSAdapter

@Suite("Inbound messages")
struct InboundTests {
    private let gateway: Gateway

    init() throws { gateway = try Gateway() }

    private func message(
        from: String = "15551234567", to: String = "15550001111", text: String = "hello", id: String = "k1",
        more: [(String, String)] = []
    ) -> WebhookReply? {
        gateway.kannel("/box/inbound", [("from", from), ("to", to), ("text", text), ("id", id)] + more)
    }

    private var received: [InboundMessage] {
        gateway.events.compactMap { if case .message(let message) = $0 { message } else { nil } }
    }

    @Test("A message goes to the session of its number, and is answered when the core has it")
    func arrives() {
        _ = gateway.open()
        let reply = message(more: [("ts", "2026-01-01 11:59:30")])
        #expect(reply == WebhookReply(status: 200, contentType: "text/plain"))
        let peer = PeerAddress(network: SMSRules.network, name: Gateway.friend)
        #expect(
            gateway.sink.awaited == [
                .message(
                    InboundMessage(
                        from: .peer(peer), displayName: Gateway.friend, text: "hello",
                        id: MessageID("box/+15550001111/k1")))
            ])
    }

    @Test("A message that waited has the time when it was sent")
    func waited() {
        _ = gateway.open()
        _ = message(more: [("ts", "2026-01-01 11:00:00")])
        #expect(received.first?.sentAt == Timestamp(secondsSince1970: 1_767_265_200))
    }

    @Test("If the core does not take a message, the provider is asked to call again, and the id stays the same")
    func notTaken() {
        _ = gateway.open()
        gateway.sink.answer = .refused(Failure(.internal, "disk full"))
        #expect(message()?.status == 503)
        gateway.sink.answer = .stored
        #expect(message()?.status == 200)
        #expect(received.map(\.id) == [MessageID("box/+15550001111/k1"), MessageID("box/+15550001111/k1")])
    }

    @Test(
        "Every sender has an address that stays the same",
        arguments: [
            ("33733", "33733;phone-context=ca-us.phone-context.soprani.ca", "33733"),
            ("AMAZON", "354735604948;phone-context=alphanumeric.phone-context.soprani.ca", "AMAZON"),
            ("", "17;phone-context=anonymous.phone-context.soprani.ca", ""),
            ("+442079460123", "+442079460123", "+442079460123"),
            ("A\u{0}B", "3536;phone-context=alphanumeric.phone-context.soprani.ca", "A\u{FFFD}B"),
        ])
    func senders(from: String, name: String, shown: String) {
        _ = gateway.open()
        #expect(message(from: from)?.status == 200)
        #expect(received.first?.origin == .peer(PeerAddress(network: SMSRules.network, name: name)))
        #expect(received.first?.displayName == shown)
    }

    @Test(
        "Texts arrive readable",
        arguments: [
            ("a\u{0}b\u{1}", "a\u{FFFD}b\u{FFFD}"), ("", "[empty message]"), ("Žluť 😀\nnew line", "Žluť 😀\nnew line"),
            ("{{token}}", "{{token}}"), ("<body/>", "<body/>"),
        ])
    func texts(text: String, shown: String) {
        _ = gateway.open()
        _ = message(text: text)
        #expect(received.first?.text == shown)
    }

    @Test(
        "Broken escapes and bytes that are no text are read in one way only",
        arguments: [
            ("text=%C3%28", "\u{FFFD}("), ("text=100%", "100%"), ("text=%zz%4", "%zz%4"),
            ("text=a%26text=b", "a&text=b"), ("text=a;text=b", "a;text=b"), ("text=%00", "\u{FFFD}"),
            ("text=a&token=wrong", "a"), ("more=1&text=a&more=2", "a"), ("text", "[empty message]"),
            ("=&&=x&text=a", "a"),
        ])
    func oddFields(fields: String, shown: String) {
        _ = gateway.open()
        let query = "token=the-token&from=15551234567&to=15550001111&id=1&" + fields
        let reply = gateway.call(WebhookRequest(.get, path: "/box/inbound", rawQuery: query))
        #expect(reply?.status == 200)
        #expect(received.map(\.text) == [shown])
        #expect(received.first?.origin == .peer(PeerAddress(network: SMSRules.network, name: Gateway.friend)))
    }

    @Test("A secret that comes second, or among too many fields, is none")
    func oddSecrets() {
        _ = gateway.open()
        let fields = "from=15551234567&to=15550001111&id=1&text=x"
        for query in [
            "token=wrong&token=the-token&\(fields)", String(repeating: "x&", count: 600) + "token=the-token&\(fields)",
            "Token=the-token&\(fields)", "token=the-token%00&\(fields)", "token=the-toke&\(fields)", fields, "",
        ] {
            #expect(gateway.call(WebhookRequest(.get, path: "/box/inbound", rawQuery: query))?.status == 403)
        }
        #expect(gateway.call(WebhookRequest(.get, path: "/box/inbound"))?.status == 403)
        #expect(gateway.events.isEmpty)
    }

    @Test("A picture arrives as its URL at the provider")
    func picture() {
        _ = gateway.open(Gateway.bob)
        let form = FormFields.encode([
            ("MessageSid", "MM1"), ("From", Gateway.friend), ("To", Gateway.bob), ("Body", "look"), ("NumMedia", "2"),
            ("MediaUrl0", "https://api.twilio.com/0"), ("MediaUrl1", "https://api.twilio.com/1"),
        ])
        let reply = gateway.call(twilio("/cloud/inbound", form))
        #expect(reply == WebhookReply(status: 200, contentType: "text/xml", body: Array("<Response/>".utf8)))
        #expect(received.first?.text == "look\nhttps://api.twilio.com/0\nhttps://api.twilio.com/1")
        #expect(received.first?.id == MessageID("cloud/+15550002222/MM1"))
    }

    private func twilio(_ path: String, _ form: String, signed: String? = nil) -> WebhookRequest {
        let fields = FormFields(decoding: form.utf8)?.all ?? []
        let text =
            "https://gw.example/sms/sms.example" + (signed ?? path)
            + fields.sorted { $0.name < $1.name }.map { $0.name + $0.value }.joined()
        let signature = SortedFormSignature.signature(Array(text.utf8), key: "the-token", .sha1)
        return WebhookRequest(.post, path: path, headers: [("x-twilio-signature", signature)], body: Array(form.utf8))
    }

    @Test("A call without a valid proof is refused, and the core gets no event")
    func unverified() {
        _ = gateway.open()
        _ = gateway.open(Gateway.bob)
        let fields = [("from", "15551234567"), ("to", "15550001111"), ("text", "x"), ("id", "1")]
        #expect(gateway.kannel("/box/inbound", fields, token: "the-tokem")?.status == 403)
        #expect(gateway.kannel("/box/inbound", fields, token: "")?.status == 403)
        let form = FormFields.encode([
            ("MessageSid", "1"), ("From", Gateway.friend), ("To", Gateway.bob), ("Body", "x"),
        ])
        #expect(gateway.call(twilio("/cloud/inbound", form, signed: "/cloud/status"))?.status == 403)
        #expect(gateway.call(WebhookRequest(.post, path: "/cloud/inbound", body: Array(form.utf8)))?.status == 403)
        #expect(gateway.events.isEmpty)
    }

    @Test("A refused call is logged with the caller's address, at most ten a minute, and then the number of the others")
    func refusalsInTheLog() {
        func told() -> [String] {
            gateway.log.entries.filter { $0.message == "webhook call refused" }
                .map { "\($0.metadata["from"] ?? "-") \($0.metadata["why"] ?? "-")" }
        }
        func guess(_ address: String) {
            let query = "token=guess&from=15551234567&to=15550001111&text=x&id=1"
            let call = WebhookRequest(.get, path: "/box/inbound", rawQuery: query, remoteAddress: address)
            #expect(gateway.call(call)?.status == 403)
        }
        for _ in 0..<100 { guess("192.0.2.1") }
        #expect(told() == ["192.0.2.1 not verified"])
        for number in 2...50 { guess("192.0.2.\(number)") }
        #expect(told().count == 10)
        gateway.loop.advanceTime(by: .seconds(60))
        #expect(told().last == "- other refusals in the last minute, only counted")
        #expect(gateway.log.entries.last?.metadata["more"] == "139")
    }

    @Test("Only an accepted call with a valid proof tells the listener that its caller is verified")
    func verified() {
        _ = gateway.open()
        func isVouchedFor(token: String, id: String) -> Bool {
            let fields = [("token", token), ("from", "15551234567"), ("to", "15550001111"), ("text", "x"), ("id", id)]
            var call = WebhookRequest(.get, path: "/box/inbound", rawQuery: FormFields.encode(fields))
            let flag = Flag()
            call.callerIsVerified = { flag.raise() }
            _ = gateway.call(call)
            return flag.isRaised
        }
        #expect(isVouchedFor(token: "the-token", id: "v1"))
        #expect(!isVouchedFor(token: "guess", id: "v2"))
        #expect(!isVouchedFor(token: "the-token", id: ""))
    }

    private final class Flag: Sendable {
        private let state = Atomic(false)
        var isRaised: Bool { state.load(ordering: .relaxed) }
        func raise() { state.store(true, ordering: .relaxed) }
    }

    @Test("A message for a number of another account goes to that number")
    func otherAccount() {
        _ = gateway.open(Gateway.bob)
        gateway.start()
        #expect(message(to: Gateway.bob, id: "7")?.status == 200)
        #expect(received.map(\.id) == [MessageID("box/+15550002222/7")])
    }

    @Test(
        "Malformed calls and calls to unknown paths are refused",
        arguments: [
            ("/box/inbound", [("from", "1"), ("to", "15550001111"), ("text", "x")], 400),
            ("/box/inbound", [("from", "1"), ("to", "15550001111"), ("id", "")], 400),
            ("/box/inbound", [("from", "1"), ("to", "15550001111"), ("id", String(repeating: "i", count: 257))], 400),
            ("/box/inbound", [("from", "1"), ("to", "15550001111"), ("id", "1"), ("id", "2")], 400),
            ("/box/inbound", [("from", "1"), ("to", "15550001111"), ("id", "1"), ("from", "1")], 400),
            ("/box/inbound", [("from", "1"), ("to", "15550001111"), ("id", "1"), ("text", "a"), ("text", "b")], 400),
            ("/box/status/15550001111", [("ref", "a"), ("status", "1"), ("status", "2")], 400),
            ("/box/inbound", [("from", "1"), ("text", "x")], 400), ("/box/inbound", [("to", "15550001111")], 400),
            ("/box/inbound", [("from", String(repeating: "5", count: 200)), ("to", "15550001111")], 400),
            ("/box/other", [], 404), ("/nobody/inbound", [], 404), ("/box", [], 404), ("", [], 404), ("/", [], 404),
            ("/box/inbound/x", [], 404), ("/box/status/1/2", [], 404),
        ] as [(String, [(String, String)], Int)])
    func notUnderstood(path: String, fields: [(String, String)], status: Int) {
        _ = gateway.open()
        #expect(gateway.kannel(path, fields)?.status == status)
        #expect(gateway.events.isEmpty)
    }

    @Test("A call by another method is refused")
    func wrongMethod() {
        #expect(gateway.call(WebhookRequest(.post, path: "/box/inbound", rawQuery: "token=the-token"))?.status == 405)
        let told = gateway.log.entries.filter { $0.message == "webhook call refused" }
        #expect(told.map(\.level) == [.warning])
        #expect(told.first?.metadata["why"]?.description.hasPrefix("wrong method") == true)
    }

    @Test("A message for a number of nobody is refused, so that the provider keeps it, and the operator is told once")
    func nobody() {
        #expect(message(to: "15550003333")?.status == 503, "the gateway has not started")
        gateway.start()
        for _ in 0..<2 {
            #expect(message(to: "15550003333")?.status == 503)
            #expect(message(to: "19995550000")?.status == 503)
        }
        let told = gateway.log.entries.filter { $0.message.description.hasPrefix("a text message is refused") }
        #expect(told.map(\.level) == [.warning, .warning])
        #expect(Set(gateway.searched) == [UniqueValue("phone", "+15550003333")] && gateway.events.isEmpty)
    }

    @Test("Texts to two numbers are two messages, also if the provider gives both the same id")
    func sameID() {
        gateway.start(owned: [Gateway.alice, Gateway.bob])
        #expect(message(id: "1")?.status == 200)
        #expect(message(to: Gateway.bob, id: "1")?.status == 200)
        #expect(received.count == 2 && Set(received.map(\.id)).count == 2)
    }

    @Test("A message for a number without a session opens the session, and goes to it")
    func opens() {
        gateway.start(owned: [Gateway.alice])
        #expect(message(id: "1")?.status == 200)
        #expect(message(id: "2")?.status == 200)
        #expect(received.map(\.id) == ["1", "2"].map { MessageID("box/+15550001111/\($0)") })
        #expect(gateway.searched == [UniqueValue("phone", Gateway.alice)], "the second finds the session")
        gateway.sessions[0].close(reason: "") {}
        #expect(message(id: "3")?.status == 200)
        #expect(gateway.searched.count == 2 && received.count == 3)
    }

    @Test("If the core cannot tell who has a number, the provider is asked to call again")
    func undecided() {
        gateway.start(otherwise: .unknown(Failure(.internal, "disk full")))
        #expect(message()?.status == 503)
        #expect(gateway.events.isEmpty)
    }
}
