import Testing
import XML
import XMPP

@Suite("STARTTLS (RFC 6120 §5)")
struct StartTLSTests {
    private static let tls = "xmlns='urn:ietf:params:xml:ns:xmpp-tls'"
    private static let streams = "xmlns='http://etherx.jabber.org/streams'"

    @Test("each step of STARTTLS is written and read")
    func steps() throws {
        try expectBothWays(StartTLS.request, "<starttls \(Self.tls)/>")
        try expectBothWays(StartTLS.proceed, "<proceed \(Self.tls)/>")
        try expectBothWays(StartTLS.failure, "<failure \(Self.tls)/>")
        try expectRefused(StartTLS.self, "<request \(Self.tls)/>")
    }

    @Test("features are written and read with and without an offer")
    func features() throws {
        try expectBothWays(StreamFeatures(startTLS: .none), "<features \(Self.streams)/>")
        try expectBothWays(
            StreamFeatures(startTLS: .optional), "<features \(Self.streams)><starttls \(Self.tls)/></features>")
        try expectBothWays(
            StreamFeatures(startTLS: .required),
            "<features \(Self.streams)><starttls \(Self.tls)><required/></starttls></features>")
    }

    @Test(
        "an offer is found beside unknown features, and only as a child of its own namespace",
        arguments: [
            ("<mechanisms xmlns='urn:a'/><starttls \(tls)/>", StreamFeatures.Offer.optional),
            ("text<starttls \(tls)><x xmlns='urn:a'/><required/></starttls>", .required),
            ("<starttls \(tls)><required xmlns='urn:a'/></starttls>", .optional),
            ("<starttls xmlns='urn:a'/>", .none), ("<x xmlns='urn:a'><starttls \(tls)/></x>", .none),
        ])
    func unknownFeatures(children: String, offer: StreamFeatures.Offer) throws {
        let features = try StreamFeatures(read("<features \(Self.streams)>\(children)</features>"))
        #expect(features.startTLS == offer)
    }
}
