import NIOCore
import NIOSSL
import Networking
import TestCertificates
import Testing
import XML
import XMPP

@testable import ComponentLink

@Suite("STARTTLS on a component stream", .timeLimit(.minutes(1)))
struct StartTLSTests {
    private let folder: CertificateFolder
    private let certificate: TestCertificate
    private let context: NIOSSLContext

    init() throws {
        folder = try CertificateFolder()
        certificate = try folder.make("xmpp.test", addresses: ["127.0.0.1"])
        context = try .server(certificate)
    }

    private func rig(
        _ server: FakeServer, _ mode: StreamEncryption.Mode = .ifOffered,
        adjust: @escaping @Sendable (inout ComponentSettings) -> Void = { _ in }
    ) async throws -> LinkRig {
        let tls = TLSSettings(trustRoots: .file(certificate.path))
        return try await LinkRig(port: server.port) {
            $0.encryption = StreamEncryption(mode, tls)
            $0.timing.close = .milliseconds(50)
            adjust(&$0)
        }
    }

    /// Expects stanzas to pass in both directions.
    private func expectTraffic(_ peer: Peer, _ rig: LinkRig) async throws {
        #expect(await rig.next() == .opened)
        peer.send("<presence from='a@x.test' to='irc.test'/>")
        #expect(await rig.next()?.isPresence == true)
        let stanza = try Stanza.chat("sealed")
        #expect(try await rig.onLoop { link, _ in link.send(stanza) })
        #expect(try await peer.nextElement()[attribute: "id"] == "sealed")
        #expect(rig.complaints == [])
    }

    @Test("an offer leads to TLS, a new stream, and the handshake for the id of that stream")
    func offered() async throws {
        let server = try await FakeServer.start()
        let rig = try await rig(server)
        let peer = try await server.accept()
        try await peer.consentToTLS(context)
        try await peer.header(id: "sealed", version: "1.0", "<stream:features/>")
        #expect(try await peer.nextElement() == ComponentHandshake(streamID: "sealed", secret: "harbour").element)
        peer.send("<handshake/>")
        try await expectTraffic(peer, rig)
        #expect(rig.lines.contains { $0.hasPrefix("connected") && $0.contains("STARTTLS") })
        try await rig.close()
        try await server.stop()
    }

    @Test(
        "an offer is found among unknown features, and behind a header without a version",
        arguments: [
            (
                String?.some("1.0"),
                "<stream:features><mechanisms xmlns='urn:x'><starttls/></mechanisms><starttls xmlns="
                    + "'urn:ietf:params:xml:ns:xmpp-tls'><required/></starttls><bind xmlns='urn:y'/></stream:features>"
            ),
            (nil, Peer.offer), ("2.1", Peer.offer),
        ])
    func features(version: String?, features: String) async throws {
        let server = try await FakeServer.start()
        let rig = try await rig(server)
        let peer = try await server.accept()
        let header = try await peer.header(id: "plain", version: version, features)
        #expect(header[attribute: "version"] == "1.0")
        #expect(try await peer.nextElement() == StartTLS.request.element)
        try await peer.startTLS(context)
        try await peer.authenticate(streamID: "sealed")
        try await expectTraffic(peer, rig)
        try await rig.close()
        try await server.stop()
    }

    @Test(
        "without an offer the stream opens in clear text",
        arguments: [
            (String?.none, ""), ("1.0", "<stream:features/>"),
            ("1.0", "<stream:features><starttls xmlns='urn:x'/></stream:features>"), ("0.9", ""), ("x", ""),
        ])
    func notOffered(version: String?, features: String) async throws {
        let server = try await FakeServer.start()
        let rig = try await rig(server) { $0.timing.features = .seconds(60) }
        let peer = try await server.accept()
        try await peer.header(id: "plain", version: version, features)
        #expect(try await peer.nextElement() == ComponentHandshake(streamID: "plain", secret: "harbour").element)
        peer.send("<handshake/>")
        try await expectTraffic(peer, rig)
        try await rig.close()
        try await server.stop()
    }

    @Test("a server that announces features and sends none is waited for, and then taken without TLS")
    func announcedOnly() async throws {
        let server = try await FakeServer.start()
        let rig = try await rig(server) { $0.timing.features = .milliseconds(20) }
        let peer = try await server.accept()
        try await peer.header(id: "plain", version: "1.0")
        #expect(try await peer.nextElement() == ComponentHandshake(streamID: "plain", secret: "harbour").element)
        peer.send("<handshake/>")
        try await expectTraffic(peer, rig)
        try await rig.close()
        try await server.stop()
    }

    @Test("where TLS is required, a server without features is asked for it, as Openfire wants it")
    func unasked() async throws {
        let server = try await FakeServer.start()
        let rig = try await rig(server, .required)
        let peer = try await server.accept()
        try await peer.header(id: "plain")
        #expect(try await peer.nextElement() == StartTLS.request.element)
        try await peer.startTLS(context)
        try await peer.authenticate(streamID: "plain")
        try await expectTraffic(peer, rig)
        try await rig.close()
        try await server.stop()
    }

    @Test("where TLS is off, the header has no version, and an offer is ignored")
    func off() async throws {
        let server = try await FakeServer.start()
        let rig = try await rig(server, .off)
        let peer = try await server.accept()
        let header = try await peer.header(id: "plain", version: "1.0", Peer.offer)
        #expect(header[attribute: "version"] == nil)
        #expect(try await peer.nextElement() == ComponentHandshake(streamID: "plain", secret: "harbour").element)
        peer.send("<handshake/>")
        try await expectTraffic(peer, rig)
        try await rig.close()
        try await server.stop()
    }

    @Test("TLS from the first byte is used if the settings say so")
    func direct() async throws {
        let server = try await FakeServer.start(tls: context)
        let rig = try await rig(server, .direct)
        let peer = try await server.open()
        try await expectTraffic(peer, rig)
        #expect(rig.lines.contains { $0.hasPrefix("connected") && $0.contains("TLS") && !$0.contains("STARTTLS") })
        try await rig.close()
        try await server.stop()
    }

    @Test("a delegate that pauses reading does not delay the TLS handshake, and gets its stanzas later")
    func pausedDelegate() async throws {
        let server = try await FakeServer.start()
        let rig = try await rig(server)
        let peer = try await server.accept()
        try await peer.header(id: "plain", version: "1.0")
        try await rig.onLoop { link, _ in link.pauseReading() }
        peer.send(Peer.offer)
        #expect(try await peer.nextElement() == StartTLS.request.element)
        try await peer.startTLS(context)
        try await peer.header(id: "sealed")
        _ = try await peer.nextElement()
        peer.send("<handshake/><presence from='a@x.test' to='irc.test'/>")
        #expect(await rig.next() == .opened)
        #expect(try await rig.onLoop { link, _ in link.counters.received } == 0)
        try await rig.onLoop { link, _ in link.resumeReading() }
        #expect(await rig.next()?.isPresence == true)
        try await rig.close()
        try await server.stop()
    }
}
