import GatewayKit
import GatewayTesting
import HTTP
import NIOEmbedded
import Testing

@testable import SMSAdapter

@Suite("Files in messages to phones")
struct OutboundFileTests {
    private static let url = "https://files.example/cat.png"

    private func send(_ gateway: Gateway, _ file: File, number: String) -> [Event] {
        let session = gateway.open(number)
        let peer = PeerAddress(network: SMSRules.network, name: Gateway.friend)
        session.perform(Request(id: RequestID("r-1"), action: .send(.file(file), to: .peer(peer))))
        gateway.loop.run()
        return gateway.sink.outcomes(of: RequestID("r-1"))
    }

    private func form(_ gateway: Gateway) -> [String: String] {
        let fields = FormFields(decoding: gateway.provider.requests.last?.body ?? [])?.all ?? []
        return Dictionary(fields.map { ($0.name, $0.value) }, uniquingKeysWith: { a, _ in a })
    }

    private func failure(_ events: [Event]) -> Failure? {
        events.compactMap { if case .outcome(_, .failed(let failure)) = $0 { failure } else { nil } }.first
    }

    @Test("A provider that takes files gets the URL and the caption")
    func media() throws {
        let gateway = try Gateway()
        gateway.provider.answer(.http(201, #"{"sid": "MM1", "status": "queued"}"#))
        let events = send(gateway, File(at: Self.url, caption: "A cat"), number: Gateway.bob)
        #expect(form(gateway)["MediaUrl"] == Self.url && form(gateway)["Body"] == "A cat")
        #expect(events.contains(.outcome(RequestID("r-1"), .accepted(as: MessageID("cloud/MM1")))))
        let peer = Address.peer(PeerAddress(network: SMSRules.network, name: Gateway.friend))
        #expect(gateway.capabilities(of: peer)[.file] == .partial)
    }

    @Test("A file needs no caption, and its long caption is one part")
    func captions() throws {
        let gateway = try Gateway()
        gateway.provider.answerAlways(.http(201, #"{"sid": "MM1", "status": "queued"}"#))
        _ = send(gateway, File(at: Self.url), number: Gateway.bob)
        #expect(form(gateway)["Body"] == nil && form(gateway)["MediaUrl"] == Self.url)
        let long = OutboundText(
            ref: RequestID("r"), from: try #require(E164(Gateway.bob)), to: .number(try #require(E164(Gateway.friend))),
            text: String(repeating: "ж", count: 300), media: Self.url)
        #expect(long.segmentation.parts == 1)
    }

    @Test("A provider that takes no files gets the link in the text, once")
    func link() throws {
        let gateway = try Gateway()
        _ = send(gateway, File(at: Self.url, caption: "A cat"), number: Gateway.alice)
        #expect(gateway.provider.queries.last?["text"] == "A cat\n\(Self.url)")
        let other = try Gateway()
        _ = send(other, File(at: Self.url, caption: "see \(Self.url)"), number: Gateway.alice)
        #expect(other.provider.queries.last?["text"] == "see \(Self.url)")
    }

    @Test("An operator can refuse files where the provider takes none")
    func noLinks() throws {
        let profile = try Profiles.text("kannel").replacing("id: kannel", with: "id: trial")
        let gateway = try Gateway(
            profile: profile, settings: "{username: a, password: b, token: c}", media: "{links: false}")
        let events = send(gateway, File(at: Self.url), number: Gateway.alice)
        #expect(failure(events)?.kind == .unsupported && gateway.provider.requests.isEmpty)
        let peer = Address.peer(PeerAddress(network: SMSRules.network, name: Gateway.friend))
        #expect(gateway.capabilities(of: peer)[.file] == .rejected)
    }

    @Test(
        "Addresses that the provider cannot or must not fetch are refused in words",
        arguments: [
            ("aesgcm://files.example/a#00", "encrypted"), ("AESGCM://files.example/a#00", "encrypted"),
            ("http://127.0.0.1/a", "private address"), ("https://printer/a", "private address"),
            ("https://user:password@files.example/a", "valid web address"),
            ("https://files.example/" + String(repeating: "a", count: 5_000), "valid web address"),
            ("https://files.example/\u{E9}", "valid web address"),
        ])
    func refused(url: String, words: String) throws {
        let gateway = try Gateway()
        let refusal = try #require(failure(send(gateway, File(at: url), number: Gateway.bob)))
        #expect(refusal.kind == .notAcceptable && refusal.text.contains(words))
        #expect(gateway.provider.requests.isEmpty)
    }

    @Test("A link that is none of the web is text")
    func otherScheme() throws {
        let gateway = try Gateway()
        _ = send(gateway, File(at: "xmpp:room@muc.example", caption: "join"), number: Gateway.bob)
        #expect(form(gateway)["Body"] == "join\nxmpp:room@muc.example" && form(gateway)["MediaUrl"] == nil)
    }
}
