import Basics
import NIOCore
import NIOPosix
import NIOSSL
import Networking
import TestCertificates
import Testing

@Suite("Dialer with TLS", .timeLimit(.minutes(1)))
struct DialerTLSTests {
    private let loop = MultiThreadedEventLoopGroup.singleton.any()
    private let folder: CertificateFolder
    private let resolver = HostResolver { _, port in [try SocketAddress(ipAddress: "127.0.0.1", port: port)] }

    init() throws { folder = try CertificateFolder() }

    @Test("a certificate among the trusted opens the connection, active only after the handshake")
    func trusted() async throws {
        let certificate = try folder.make("irc.test")
        let server = try await LoopbackServer.start(certificate: certificate)
        let (heard, continuation) = AsyncStream<String>.makeStream()
        let settings = TLSSettings(trustRoots: .file(certificate.path))
        let channel = try await Dialer(resolver: resolver).connect(
            to: server.endpoint("irc.test"), tls: .tls(settings), policy: .anywhere, timeout: .seconds(10), on: loop
        ) { try $0.pipeline.syncOperations.addHandler(Listener(continuation)) }.get()
        var words = heard.makeAsyncIterator()
        #expect(await words.next() == "active")
        #expect(await words.next() == "hello")
        try await channel.close()
        try await server.stop()
    }

    @Test("a server that demands a client certificate says so after the handshake of TLS 1.3, and that is explained")
    func certificateDemanded() async throws {
        let certificate = try folder.make("irc.test")
        let server = try await LoopbackServer.start(certificate: certificate, demandsClient: true)
        let (heard, continuation) = AsyncStream<String>.makeStream()
        let settings = TLSSettings(trustRoots: .file(certificate.path))
        let channel = try await Dialer(resolver: resolver).connect(
            to: server.endpoint("irc.test"), tls: .tls(settings), policy: .anywhere, timeout: .seconds(10), on: loop
        ) { try $0.pipeline.syncOperations.addHandler(Listener(continuation)) }.get()
        var words: [String] = []
        for await word in heard { words.append(word) }
        #expect(words.contains("the server demands a client certificate, or refuses ours"))
        try? await channel.close()
        try await server.stop()
    }

    @Test("connections whose handshakes wait for their turns are opened as any other")
    func inTurns() async throws {
        let certificate = try folder.make("irc.test")
        let server = try await LoopbackServer.start(certificate: certificate)
        let settings = TLSSettings(trustRoots: .file(certificate.path))
        var route = DialRoute()
        route.handshakes = try await loop.submit { [loop] in
            NIOLoopBound(LoopQuota(loop, budget: .nanoseconds(1)).lane(), eventLoop: loop)
        }
        .get()
        let (heard, continuation) = AsyncStream<String>.makeStream()
        let futures = (0..<10).map { [route] _ in
            Dialer(resolver: resolver).connect(
                to: server.endpoint("irc.test"), tls: .tls(settings), policy: .anywhere, timeout: .seconds(30),
                via: route, on: loop
            ) { try $0.pipeline.syncOperations.addHandler(Listener(continuation)) }
        }
        var words: [String] = []
        for await word in heard {
            words.append(word)
            if words.count == 20 { break }
        }
        #expect(words.count { $0 == "active" } == 10 && words.count { $0 == "hello" } == 10)
        for future in futures { try await future.get().close() }
        try await server.stop()
    }

    @Test("the name to expect can differ from the host that is dialled, and may be an address")
    func otherName() async throws {
        let certificate = try folder.make("irc.test", addresses: ["127.0.0.1"])
        let server = try await LoopbackServer.start(certificate: certificate)
        let named = TLSSettings(serverName: "irc.test", trustRoots: .file(certificate.path))
        #expect(try await outcome(server.endpoint(), named) == nil)
        #expect(try await outcome(server.endpoint(), TLSSettings(trustRoots: .file(certificate.path))) == nil)
        try await server.stop()
    }

    @Test(
        "a certificate for the address of the socket is not enough for another name",
        arguments: [(nil, "localhost"), ("irc.example", "127.0.0.1"), ("192.0.2.7", "127.0.0.1")])
    func addressForName(serverName: String?, host: String) async throws {
        let certificate = try folder.make("attacker.test", addresses: ["127.0.0.1"])
        let server = try await LoopbackServer.start(certificate: certificate)
        let settings = TLSSettings(serverName: serverName, trustRoots: .file(certificate.path))
        let error = try await outcome(server.endpoint(host), settings)
        let kind = CertificateProblem.Kind.wrongName(
            expected: serverName ?? host, certified: ["attacker.test", "127.0.0.1"])
        let problem = CertificateProblem(subject: "attacker.test", kind: kind)
        #expect(error == .certificateNotTrusted(server.endpoint(host), problem))
        try await server.stop()
    }

    @Test("a self-signed certificate is refused by the system's trust, with words")
    func selfSigned() async throws {
        let server = try await LoopbackServer.start(certificate: folder.make("irc.test"))
        let error = try await outcome(server.endpoint("irc.test"), TLSSettings())
        let problem = CertificateProblem(subject: "irc.test", kind: .selfSigned)
        #expect(error == .certificateNotTrusted(server.endpoint("irc.test"), problem))
        #expect(error?.isTemporary == false)
        #expect(error?.description.contains("\"irc.test\" is self-signed") == true)
        try await server.stop()
    }

    @Test("a certificate of an unknown authority is refused by its issuer's name")
    func unknownIssuer() async throws {
        let authority = try folder.make("Harbour Authority")
        let server = try await LoopbackServer.start(certificate: folder.make("irc.test", issuer: authority))
        let error = try await outcome(server.endpoint("irc.test"), TLSSettings())
        let problem = CertificateProblem(subject: "irc.test", kind: .unknownIssuer("Harbour Authority"))
        #expect(error == .certificateNotTrusted(server.endpoint("irc.test"), problem))
        try await server.stop()
    }

    @Test("a certificate for another name is refused with the names that it is for")
    func wrongName() async throws {
        let certificate = try folder.make("irc.test")
        let server = try await LoopbackServer.start(certificate: certificate)
        let error = try await outcome(
            server.endpoint("other.test"), TLSSettings(trustRoots: .file(certificate.path)))
        let kind = CertificateProblem.Kind.wrongName(expected: "other.test", certified: ["irc.test"])
        #expect(
            error
                == .certificateNotTrusted(
                    server.endpoint("other.test"), CertificateProblem(subject: "irc.test", kind: kind)))
        try await server.stop()
    }

    @Test(
        "a certificate outside its time is refused with the day",
        arguments: [
            ("20200101000000Z", "20210203000000Z", CertificateProblem.Kind.expired(since: "2021-02-03")),
            ("20990102000000Z", "21000102000000Z", .notYetValid(from: "2099-01-02")),
        ])
    func outsideItsTime(from: String, until: String, expected: CertificateProblem.Kind) async throws {
        let certificate = try folder.make("irc.test", until: until, from: from)
        let server = try await LoopbackServer.start(certificate: certificate)
        let error = try await outcome(server.endpoint("irc.test"), TLSSettings(trustRoots: .file(certificate.path)))
        let problem = CertificateProblem(subject: "irc.test", kind: expected)
        #expect(error == .certificateNotTrusted(server.endpoint("irc.test"), problem))
        try await server.stop()
    }

    @Test("a pinned key is enough: self-signed, for another name and expired")
    func pinned() async throws {
        let certificate = try folder.make("irc.test", until: "20210101000000Z")
        let server = try await LoopbackServer.start(certificate: certificate)
        let other = String(repeating: "ab", count: 32)
        let pins = TLSSettings.Verify.pinned([other, colons(certificate.pin.uppercased())])
        #expect(try await outcome(server.endpoint("other.test"), TLSSettings(verify: pins)) == nil)
        try await server.stop()
    }

    @Test("another key than the pinned one is refused, although the certificate is trusted")
    func otherKey() async throws {
        let certificate = try folder.make("irc.test")
        let server = try await LoopbackServer.start(certificate: certificate)
        let pins = TLSSettings.Verify.pinned([String(repeating: "ab", count: 32)])
        let settings = TLSSettings(verify: pins, trustRoots: .file(certificate.path))
        let problem = CertificateProblem(subject: "irc.test", kind: .otherKey(sha256: certificate.pin))
        #expect(
            try await outcome(server.endpoint("irc.test"), settings)
                == .certificateNotTrusted(server.endpoint("irc.test"), problem))
        try await server.stop()
    }

    @Test("without verification any certificate will do")
    func unverified() async throws {
        let server = try await LoopbackServer.start(certificate: folder.make("irc.test", until: "20210101000000Z"))
        #expect(try await outcome(server.endpoint("other.test"), TLSSettings(verify: .none)) == nil)
        try await server.stop()
    }

    @Test("a server that does not speak TLS fails at once, one that says nothing in time")
    func noTLS() async throws {
        // One dialer for both attempts: the second finds the trust store loaded, so only the handshake takes time.
        let dialer = Dialer()
        let settings = TLSSettings(serverName: "irc.test")
        let plain = try await LoopbackServer.start()
        #expect(
            try await outcome(plain.endpoint(), settings, dialer: dialer)
                == .tlsFailed(plain.endpoint(), .clearText))
        let silent = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .bind(host: "127.0.0.1", port: 0).get()
        let endpoint = Endpoint(host: "127.0.0.1", port: silent.localAddress?.port ?? 0)
        #expect(
            try await outcome(endpoint, settings, dialer: dialer, timeout: .seconds(3))
                == .timedOut(endpoint, during: .handshake))
        try await silent.close()
        try await plain.stop()
    }

    @Test(
        "a certificate with any common kind of key is accepted, with TLS 1.3 and 1.2, checked, pinned and unchecked",
        arguments: ["ec:secp521r1", "ec:secp384r1", "ec:prime256v1", "ed25519", "rsa:2048"],
        [TLSVersion.tlsv13, .tlsv12])
    func kindsOfKeys(key: String, version: TLSVersion) async throws {
        let certificate = try folder.make("irc.test", key: key)
        let server = try await LoopbackServer.start(certificate: certificate, newest: version)
        let dialer = Dialer(resolver: resolver)
        for settings in [
            TLSSettings(verify: .none), TLSSettings(trustRoots: .file(certificate.path)),
            TLSSettings(verify: .pinned([certificate.pin])),
        ] {
            #expect(try await outcome(server.endpoint("irc.test"), settings, dialer: dialer) == nil)
        }
        try await server.stop()
    }

    @Test("a certificate with a P-521 key that is signed by a P-384 authority is checked like any other")
    func largeCurvesInAChain() async throws {
        let authority = try folder.make("Harbour Authority", key: "ec:secp384r1")
        let certificate = try folder.make("irc.test", issuer: authority, key: "ec:secp521r1")
        let server = try await LoopbackServer.start(certificate: certificate)
        #expect(try await outcome(server.endpoint("irc.test"), TLSSettings(trustRoots: .file(authority.path))) == nil)
        try await server.stop()
    }

    @Test("a server that offers only TLS 1.1 is refused for its version")
    func oldVersion() async throws {
        let server = try await LoopbackServer.start(certificate: folder.make("irc.test"), newest: .tlsv11)
        let error = try await outcome(server.endpoint("irc.test"), TLSSettings(verify: .none))
        #expect(error == .tlsFailed(server.endpoint("irc.test"), .version))
        #expect(error?.userText.contains("older than TLS 1.2") == true)
        try await server.stop()
    }

    @Test("a server that closes the connection instead of a handshake is told apart from one without TLS")
    func closesInHandshake() async throws {
        let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(Closer()) }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let endpoint = Endpoint(host: "127.0.0.1", port: server.localAddress?.port ?? 0)
        #expect(
            try await outcome(endpoint, TLSSettings(serverName: "irc.test")) == .tlsFailed(endpoint, .closed))
        try await server.close()
    }

    @Test("the addresses in a certificate are among the names that it is for")
    func wrongNameWithAddress() async throws {
        let certificate = try folder.make("irc.test", addresses: ["192.0.2.1", "2001:db8::1"])
        let server = try await LoopbackServer.start(certificate: certificate)
        let error = try await outcome(server.endpoint("other.test"), TLSSettings(trustRoots: .file(certificate.path)))
        let kind = CertificateProblem.Kind.wrongName(
            expected: "other.test", certified: ["irc.test", "192.0.2.1", "2001:db8::1"])
        #expect(
            error
                == .certificateNotTrusted(
                    server.endpoint("other.test"), CertificateProblem(subject: "irc.test", kind: kind)))
        try await server.stop()
    }

    @Test("a connection to a TLS server that does not read is closed at once, whatever waits to be sent")
    func closesAtOnce() async throws {
        let certificate = try folder.make("irc.test")
        let server = try await LoopbackServer.start(certificate: certificate)
        for isFull in [false, true] {
            let channel = try await Dialer(resolver: resolver).connect(
                to: server.endpoint("irc.test"), tls: .tls(TLSSettings(verify: .none)), policy: .anywhere,
                timeout: .seconds(10), on: loop
            ) { channel in channel.setOption(.autoRead, value: false).whenFailure { _ in } }.get()
            if isFull { channel.writeAndFlush(ByteBuffer(repeating: 0x20, count: 16_000_000), promise: nil) }
            let start = ContinuousClock.now
            channel.eventLoop.execute { channel.closeAtOnce() }
            try await channel.closeFuture.get()
            #expect(start.duration(to: .now) < .seconds(2))
        }
        try await server.stop()
    }

    @Test("settings that cannot work are told apart from the server's faults")
    func badSettings() async throws {
        let endpoint = Endpoint(host: "irc.test", port: 9)
        for settings in [
            TLSSettings(trustRoots: .file("/nonexistent.pem")), TLSSettings(verify: .pinned(["abc"])),
            TLSSettings(verify: .pinned([])), TLSSettings(verify: .pinned([String(repeating: "é", count: 64)])),
        ] {
            guard case .badSettings = try await outcome(endpoint, settings) else {
                Issue.record("expected bad settings for \(settings)")
                continue
            }
        }
    }

    /// The error of an attempt, or nil if it succeeded.
    private func outcome(
        _ endpoint: Endpoint, _ settings: TLSSettings, dialer: Dialer? = nil, timeout: Duration = .seconds(10)
    ) async throws -> DialError? {
        do {
            let channel = try await (dialer ?? Dialer(resolver: resolver)).connect(
                to: endpoint, tls: .tls(settings), policy: .anywhere, timeout: timeout, on: loop
            ) { _ in }.get()
            channel.close(promise: nil)
            return nil
        } catch let error as DialError {
            return error
        }
    }

    private func colons(_ hex: String) -> String {
        stride(from: 0, to: hex.count, by: 2).map { String(hex.dropFirst($0).prefix(2)) }.joined(separator: ":")
    }
}

/// Closes a connection as soon as it has received anything.
private final class Closer: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    func channelRead(context: ChannelHandlerContext, data: NIOAny) { context.close(promise: nil) }
}
