import Basics
import NIOCore
import NIOPosix
import Networking
import TestCertificates
import Testing

@Suite("TLS on an open connection", .timeLimit(.minutes(1)))
struct TLSUpgradeTests {
    private let loop = MultiThreadedEventLoopGroup.singleton.any()
    private let folder: CertificateFolder

    init() throws { folder = try CertificateFolder() }

    /// Connects in clear text, begins TLS, and returns the first words that the server then says.
    private func greeting(
        _ server: LoopbackServer, _ settings: TLSSettings, as host: String = "127.0.0.1"
    ) async throws -> String? {
        let (heard, continuation) = AsyncStream<String>.makeStream()
        let (dialer, endpoint, loop) = (Dialer(), server.endpoint(host), loop)
        let channel = try await dialer.connect(
            to: server.endpoint(), tls: .plain, policy: .anywhere, timeout: .seconds(10), on: loop
        ) { try $0.pipeline.syncOperations.addHandler(Listener(continuation)) }.get()
        let upgrade = try await dialer.prepareTLS(with: endpoint, settings, on: loop).get()
        do {
            try await loop.flatSubmit { upgrade.begin(on: channel) }.get()
        } catch {
            channel.close(promise: nil)
            throw error
        }
        var words = heard.makeAsyncIterator()
        _ = await words.next()
        defer { channel.close(promise: nil) }
        return await words.next()
    }

    @Test("the handlers hear what the server says through TLS")
    func opens() async throws {
        let certificate = try folder.make("xmpp.test", addresses: ["127.0.0.1"])
        let server = try await LoopbackServer.start(certificate: certificate)
        #expect(try await greeting(server, TLSSettings(trustRoots: .file(certificate.path))) == "hello")
        try await server.stop()
    }

    @Test("a certificate for another name, or of nobody we know, fails with the same words as at the first byte")
    func untrusted() async throws {
        let certificate = try folder.make("xmpp.test")
        let server = try await LoopbackServer.start(certificate: certificate)
        let endpoint = server.endpoint("other.test")
        let name = CertificateProblem(
            subject: "xmpp.test", kind: .wrongName(expected: "other.test", certified: ["xmpp.test"]))
        await #expect(throws: DialError.certificateNotTrusted(endpoint, name)) {
            try await greeting(server, TLSSettings(trustRoots: .file(certificate.path)), as: "other.test")
        }
        let byAddress = try folder.make("xmpp.test", addresses: ["127.0.0.1"])
        let second = try await LoopbackServer.start(certificate: byAddress)
        let names = CertificateProblem(
            subject: "xmpp.test", kind: .wrongName(expected: "other.test", certified: ["xmpp.test", "127.0.0.1"]))
        await #expect(throws: DialError.certificateNotTrusted(second.endpoint("other.test"), names)) {
            try await greeting(second, TLSSettings(trustRoots: .file(byAddress.path)), as: "other.test")
        }
        try await second.stop()
        let unknown = CertificateProblem(subject: "xmpp.test", kind: .selfSigned)
        await #expect(throws: DialError.certificateNotTrusted(endpoint, unknown)) {
            try await greeting(server, TLSSettings(), as: "other.test")
        }
        try await server.stop()
    }

    @Test("a server that goes on in clear text is told apart")
    func clearText() async throws {
        let server = try await LoopbackServer.start()
        await #expect(throws: DialError.tlsFailed(server.endpoint(), .clearText)) {
            try await greeting(server, TLSSettings(verify: .none))
        }
        try await server.stop()
    }

    @Test("files that cannot be used fail before anything is sent")
    func badFiles() async throws {
        let certificate = try folder.make("xmpp.test")
        let other = try folder.make("xmpp.test")
        let dialer = Dialer()
        for (files, words) in [
            (TLSIdentityFiles(certificate: "/no.crt", key: certificate.keyPath), "/no.crt cannot be read: No"),
            (TLSIdentityFiles(certificate: certificate.path, key: "/dev"), "/dev cannot be read: it is no regular"),
            (TLSIdentityFiles(certificate: certificate.keyPath, key: certificate.keyPath), "has no certificate in PEM"),
            (TLSIdentityFiles(certificate: certificate.path, key: certificate.path), "has no private key in PEM"),
            (TLSIdentityFiles(certificate: certificate.path, key: other.keyPath), "do not belong together"),
        ] {
            #expect(files.flaw?.contains(words) == true, "\(files.flaw ?? "no flaw")")
            #expect(files.flaw?.contains("BEGIN") == false)
            let settings = TLSSettings(verify: .none, clientCertificate: .files(files))
            let endpoint = Endpoint(host: "127.0.0.1", port: 9)
            await #expect(throws: DialError.badSettings(reason: files.flaw ?? "")) {
                try await dialer.prepareTLS(with: endpoint, settings, on: loop).get()
            }
        }
        #expect(TLSIdentityFiles(certificate: certificate.path, key: certificate.keyPath).flaw == nil)
        #expect(TLSSettings.TrustRoots.file(certificate.path).flaw == nil)
        #expect(TLSSettings.TrustRoots.file("/nowhere.pem").flaw?.contains("/nowhere.pem cannot be read") == true)
    }
}
