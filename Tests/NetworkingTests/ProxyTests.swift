import Basics
import NIOCore
import NIOPosix
import TestCertificates
import Testing

@testable import Networking

@Suite("A connection through a SOCKS5 proxy", .timeLimit(.minutes(1)))
struct ProxyTests {
    private let loop = MultiThreadedEventLoopGroup.singleton.any()
    private let noNames = HostResolver { _, _ in throw DialError.badSettings(reason: "only the proxy looks up names") }

    @Test("plain text and TLS pass through the proxy, and the proxy looks up the name", arguments: [false, true])
    func passes(hasTLS: Bool) async throws {
        let folder = try CertificateFolder()
        let certificate = try folder.make("irc.test")
        let server = try await LoopbackServer.start(certificate: hasTLS ? certificate : nil)
        let proxy = try await TestProxy.start(hosts: ["irc.test": server.port])
        let (heard, continuation) = AsyncStream<String>.makeStream()
        let tls = TLSMode.tls(TLSSettings(trustRoots: .file(certificate.path)))
        let channel = try await Dialer(resolver: noNames).connect(
            to: server.endpoint("irc.test"), tls: hasTLS ? tls : .plain, policy: .publicOnly, timeout: .seconds(10),
            via: DialRoute(proxy: proxy.proxy), on: loop
        ) { try $0.pipeline.syncOperations.addHandler(Listener(continuation)) }.get()
        var words = heard.makeAsyncIterator()
        #expect(await words.next() == "active")
        #expect(await words.next() == "hello")
        #expect(channel.remoteAddress?.port == proxy.proxy.endpoint.port)
        try await channel.close()
        try await proxy.stop()
        try await server.stop()
    }

    @Test("a refusal of the proxy has the proxy's address for the operator, and not for the user")
    func refusal() async throws {
        let proxy = try await TestProxy.start(hosts: [:])
        let endpoint = Endpoint(host: "irc.test", port: 6697)
        let error = try await failure(endpoint, proxy.proxy)
        #expect(error == .proxyFailed(endpoint, proxy: proxy.proxy.endpoint, .refused(code: 4)))
        #expect(error?.description.contains("\(proxy.proxy.endpoint)") == true)
        #expect(error?.userText.contains("127.0.0.1") == false)
        #expect(error?.isTemporary == true)
        try await proxy.stop()
        guard case .proxyFailed(endpoint, _, .unreachable)? = try await failure(endpoint, proxy.proxy) else {
            Issue.record("the error of a proxy that does not run is not proxyFailed")
            return
        }
    }

    @Test("a proxy that closes the connection is named as the fault, wherever it does so", arguments: [0, 1])
    func closingProxy(answers: Int) async throws {
        let proxy = try await TestProxy.start(hosts: ["irc.test": 1], answers: answers)
        let endpoint = Endpoint(host: "irc.test", port: 6697)
        #expect(
            try await failure(endpoint, proxy.proxy)
                == .proxyFailed(endpoint, proxy: proxy.proxy.endpoint, .closed))
        try await proxy.stop()
    }

    @Test("a proxy that does not speak SOCKS5 is named as the fault")
    func oddProxies() async throws {
        let endpoint = Endpoint(host: "irc.test", port: 6697)
        let other = try await LoopbackServer.start()
        #expect(
            try await failure(endpoint, SOCKSProxy(other.endpoint()))
                == .proxyFailed(endpoint, proxy: other.endpoint(), .noSOCKS5))
        try await other.stop()
    }

    @Test(
        "private addresses are refused as without a proxy",
        arguments: ["127.0.0.1", "10.0.0.1", "::1", "localhost", "a.localhost", "fe80::1%lo", "169.254.169.254"])
    func privateAddresses(host: String) async throws {
        let proxy = try await TestProxy.start(hosts: [host: 1])
        let endpoint = Endpoint(host: host, port: 6697)
        guard case .addressNotAllowed(endpoint, _, _)? = try await failure(endpoint, proxy.proxy) else {
            Issue.record("\(host) was allowed")
            return
        }
        try await proxy.stop()
    }

    /// The error of an attempt, or nil if it succeeded.
    private func failure(_ endpoint: Endpoint, _ proxy: SOCKSProxy) async throws -> DialError? {
        do {
            let channel = try await Dialer(resolver: noNames).connect(
                to: endpoint, tls: .plain, policy: .publicOnly, timeout: .seconds(10), via: DialRoute(proxy: proxy),
                on: loop
            ) { _ in }.get()
            channel.close(promise: nil)
            return nil
        } catch let error as DialError {
            return error
        }
    }
}
