import NIOCore
import NIOSSL
import Networking
import TestCertificates
import Testing
import XML
import XMPP

@testable import ComponentLink

/// Every fault leads to one complaint with the next step, and to further attempts.
@Suite("Faults of TLS on a component stream", .timeLimit(.minutes(1)))
struct StartTLSFaultTests {
    private let folder: CertificateFolder
    private let certificate: TestCertificate

    init() throws {
        folder = try CertificateFolder()
        certificate = try folder.make("xmpp.test", addresses: ["127.0.0.1"])
    }

    private func rig(
        _ server: FakeServer, _ encryption: StreamEncryption,
        adjust: @escaping @Sendable (inout ComponentSettings) -> Void = { _ in }
    ) async throws -> LinkRig {
        try await LinkRig(port: server.port) {
            $0.encryption = encryption
            $0.timing.close = .milliseconds(20)
            adjust(&$0)
        }
    }

    private func trusting(_ mode: StreamEncryption.Mode = .ifOffered) -> StreamEncryption {
        StreamEncryption(mode, TLSSettings(trustRoots: .file(certificate.path)))
    }

    /// Plays the fault several times, and expects one complaint with all these words, and nothing secret.
    private func expectOneComplaint(
        _ words: [String], _ rig: LinkRig, _ server: FakeServer, rounds: Int = 3,
        _ play: (Peer) async throws -> Void
    ) async throws {
        for _ in 0..<rounds {
            let peer = try await server.accept()
            try await play(peer)
            while let event = await peer.next() {
                if case .element(let element) = event { #expect(element.name != "handshake") }
            }
        }
        // The next attempt begins after the complaint.
        _ = try await server.accept()
        #expect(rig.complaints.count == 1)
        for word in words { #expect(rig.complaints.first?.contains(word) == true, "\(rig.complaints)") }
        #expect(rig.lines.allSatisfy { !$0.contains("harbour") && !$0.contains("PRIVATE KEY") })
        let (opened, reason) = try await rig.onLoop { link, recorder in
            (link.counters.opened, recorder.attempts.first)
        }
        #expect(opened == 0 && reason?.isEmpty == false)
        try await rig.close()
        try await server.stop()
    }

    @Test(
        "where TLS is required, a server whose features have none is left before anything secret is sent",
        arguments: ["<stream:features/>", "<stream:features><starttls/></stream:features>"])
    func stripped(features: String) async throws {
        let server = try await FakeServer.start()
        let rig = try await rig(server, trusting(.required))
        try await expectOneComplaint(
            ["does not offer STARTTLS", "gateways.irc.test.tls.mode"], rig, server
        ) { try await $0.header(version: "1.0", features) }
    }

    @Test(
        "any answer to the request but consent is reported",
        arguments: [
            (
                "<failure xmlns='urn:ietf:params:xml:ns:xmpp-tls'/></stream:stream>",
                ["does not begin TLS", "<failure/>"]
            ),
            (
                "<stream:error><not-authorized xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>"
                    + "</stream:stream>", ["does not begin TLS", "not-authorized"]
            ),
            ("</stream:stream>", ["does not begin TLS", "the end of the stream"]),
            ("<a></b>", ["does not begin TLS", "bad XML"]),
        ])
    func refused(answer: String, words: [String]) async throws {
        let server = try await FakeServer.start()
        let rig = try await rig(server, trusting(.required))
        try await expectOneComplaint(words, rig, server) { peer in
            try await peer.header()
            #expect(try await peer.nextElement() == StartTLS.request.element)
            peer.send(answer)
        }
    }

    @Test(
        "bytes behind the server's consent are refused, in one write with it and one by one",
        arguments: ["<handshake/>", " ", "\n", "<", "\u{16}\u{3}\u{1}"], [false, true])
    func injected(bytes: String, isSlow: Bool) async throws {
        let server = try await FakeServer.start()
        let rig = try await rig(server, trusting()) { if isSlow { $0.timing.startTLS = .seconds(3) } }
        let words = isSlow ? [] : ["clear text", "consent"]
        try await expectOneComplaint(words, rig, server, rounds: isSlow ? 1 : 3) { peer in
            try await peer.header(version: "1.0", Peer.offer)
            #expect(try await peer.nextElement() == StartTLS.request.element)
            try await peer.stopListening()
            if isSlow {
                // The component may have left before the last byte.
                try? await peer.trickle(Peer.consent + bytes + "....")
            } else {
                peer.send(Peer.consent + bytes)
            }
        }
        // Single bytes may reach TLS. Only those that begin like TLS (22, 3, 1) can look like a slow handshake.
        let mayBeSlow = isSlow && bytes.hasPrefix("\u{16}")
        let isNamed = rig.complaints.allSatisfy { complaint in
            complaint.contains("clear text") || mayBeSlow && complaint.contains("did not finish STARTTLS")
        }
        #expect(isNamed, "\(rig.complaints)")
    }

    @Test("a server that does not answer the request, or the TLS handshake, is left in time", arguments: [false, true])
    func silent(consents: Bool) async throws {
        let server = try await FakeServer.start()
        let rig = try await rig(server, trusting()) { $0.timing.startTLS = .seconds(10) }
        try await expectOneComplaint(["did not finish STARTTLS", "in time"], rig, server) { peer in
            try await peer.header(version: "1.0", Peer.offer)
            #expect(try await peer.nextElement() == StartTLS.request.element)
            try await peer.stopListening()
            if consents { peer.send(Peer.consent) }
        }
    }

    @Test(
        "a certificate that may not be trusted is reported with its fault",
        arguments: [
            ("expired", ["expired on 2021-01-01", "renew"]), ("unknown", ["unknown issuer", "ca-file"]),
            ("name", ["is not for 127.0.0.1 but for other.test", "name"]),
        ], [StreamEncryption.Mode.required, .direct])
    func untrusted(example: (fault: String, words: [String]), mode: StreamEncryption.Mode) async throws {
        let (fault, words) = example
        let authority = try folder.make("Harbour Authority")
        let shown =
            switch fault {
            case "expired": try folder.make("xmpp.test", addresses: ["127.0.0.1"], until: "20210101000000Z")
            case "unknown": try folder.make("xmpp.test", addresses: ["127.0.0.1"], issuer: authority)
            default: try folder.make("other.test")
            }
        let trusted = fault == "unknown" ? certificate : shown
        let context = try NIOSSLContext.server(shown)
        let server = try await FakeServer.start(tls: mode == .direct ? context : nil)
        let encryption = StreamEncryption(mode, TLSSettings(trustRoots: .file(trusted.path)))
        let rig = try await rig(server, encryption)
        try await expectOneComplaint(words + ["gateways.irc.test.tls"], rig, server) { peer in
            if mode == .required { try await peer.consentToTLS(context) }
        }
    }

    @Test(
        "a server that demands a client certificate is reported, and opens with the right one",
        arguments: [TLSVersion.tlsv12, .tlsv13], [StreamEncryption.Mode.required, .direct])
    func clientCertificate(version: TLSVersion, mode: StreamEncryption.Mode) async throws {
        let own = try folder.make("irc.test")
        let context = try NIOSSLContext.server(certificate, client: own, newest: version)
        let other = try folder.make("irc.test")
        for identity in [nil, other] {
            let server = try await FakeServer.start(tls: mode == .direct ? context : nil)
            let rig = try await rig(server, identified(by: identity, mode))
            try await expectOneComplaint(["client certificate", "gateways.irc.test.tls.certificate"], rig, server) {
                if mode == .required { try await $0.consentToTLS(context) }
            }
        }
        let server = try await FakeServer.start(tls: mode == .direct ? context : nil)
        let rig = try await rig(server, identified(by: own, mode))
        let peer = try await server.accept()
        if mode == .required { try await peer.consentToTLS(context) }
        try await peer.authenticate(streamID: "sealed")
        #expect(await rig.next() == .opened)
        #expect(rig.complaints == [])
        try await rig.close()
        try await server.stop()
    }

    private func identified(by identity: TestCertificate?, _ mode: StreamEncryption.Mode) -> StreamEncryption {
        var encryption = trusting(mode)
        encryption.tls.clientCertificate = identity.map {
            .files(TLSIdentityFiles(certificate: $0.path, key: $0.keyPath))
        }
        return encryption
    }

    @Test("files that cannot be used are reported before the server is asked for TLS")
    func unreadable() async throws {
        let server = try await FakeServer.start()
        var encryption = trusting()
        encryption.tls.clientCertificate = .files(
            TLSIdentityFiles(certificate: "/nowhere.crt", key: certificate.keyPath))
        let rig = try await rig(server, encryption)
        try await expectOneComplaint(
            ["/nowhere.crt", "No such file", "gateways.irc.test.tls"], rig, server
        ) { try await $0.header(version: "1.0", Peer.offer) }
    }

    @Test("a server that speaks clear text where TLS has to be is called by its name")
    func clearText() async throws {
        let server = try await FakeServer.start(isDeaf: true)
        let rig = try await rig(server, trusting(.direct))
        for _ in 0..<2 {
            let peer = try await server.accept()
            peer.send("<stream:error/>")
            while await peer.next() != nil {}
        }
        try await rig.handleEnd()
        #expect(rig.complaints.count == 1)
        #expect(rig.complaints.first?.contains("clear text") == true)
        #expect(rig.complaints.first?.contains("gateways.irc.test.tls.mode") == true)
        try await rig.close()
        try await server.stop()
    }

    @Test("a server that takes the handshake only over TLS is reported as such, and not the secret")
    func demanded() async throws {
        let server = try await FakeServer.start()
        let rig = try await rig(server, trusting())
        let peer = try await server.accept()
        try await peer.header()
        _ = try await peer.nextElement()
        peer.send(
            "<stream:error><not-authorized xmlns='urn:ietf:params:xml:ns:xmpp-streams'/><text xmlns="
                + "'urn:ietf:params:xml:ns:xmpp-streams'>TLS is mandatory, but was not established.</text>"
                + "</stream:error></stream:stream>")
        while await peer.next() != nil {}
        try await rig.handleEnd()
        #expect(rig.complaints.first?.contains("gateways.irc.test.tls.mode to required") == true)
        try await rig.close()
        try await server.stop()
    }
}
