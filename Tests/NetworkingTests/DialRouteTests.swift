import Basics
import Glibc
import NIOCore
import NIOPosix
import Testing

@testable import Networking

@Suite("The route of a connection", .timeLimit(.minutes(1)))
struct DialRouteTests {
    private let loop = MultiThreadedEventLoopGroup.singleton.any()

    @Test("a connection comes from the configured source address")
    func source() async throws {
        let server = try await LoopbackServer.start()
        let route = DialRoute(sources: try [address("127.0.0.77")])
        let channel = try await dial(server.endpoint(), route).get()
        #expect(channel.localAddress?.ipAddress == "127.0.0.77")
        try await channel.close()
        try await server.stop()
    }

    @Test("only addresses of the source's family are dialled, and a host without one is refused")
    func family() async throws {
        let server = try await LoopbackServer.start()
        let resolver = HostResolver { _, port in
            try ["::1", "127.0.0.1"].map { try SocketAddress(ipAddress: $0, port: port) }
        }
        let route = DialRoute(sources: try [address("127.0.0.78")])
        let channel = try await dial(server.endpoint("both.test"), route, resolver).get()
        #expect(channel.remoteAddress?.ipAddress == "127.0.0.1")
        try await channel.close()
        let other = DialRoute(sources: try [address("2001:db8::1")])
        await #expect(throws: DialError.noAddressForSource(server.endpoint())) {
            _ = try await dial(server.endpoint(), other).get()
        }
        try await server.stop()
    }

    @Test("a source address that this machine does not have is refused with the command that makes it local")
    func missingSource() async throws {
        let server = try await LoopbackServer.start()
        let source = try address("192.0.2.77")
        do {
            _ = try await dial(server.endpoint(), DialRoute(sources: [source])).get()
            Issue.record("connected")
        } catch let error as DialError {
            guard case .sourceNotUsable(source, _) = error else { throw error }
            #expect(error.description.contains("ip route add local PREFIX dev lo"))
            #expect(!error.userText.contains("192.0.2.77"))
        }
        try await server.stop()
    }

    @Test("an address that no interface has can be a free source: the bind succeeds")
    func freeSource() async throws {
        let server = try await LoopbackServer.start()
        let source = try address("192.0.2.78")
        let route = DialRoute(sources: [source], freeSources: [source])
        do {
            let channel = try await dial(server.endpoint(), route, timeout: .milliseconds(300)).get()
            #expect(channel.localAddress?.ipAddress == "192.0.2.78")
            try await channel.close()
        } catch let error as DialError {
            // A packet from an address of nobody is not sent, or its answer does not come back.
            guard case .sourceNotUsable(source, let reason) = error else { throw error }
            #expect(reason != String(cString: strerror(EADDRNOTAVAIL)), "the bind itself has failed")
            #expect(error.description.contains("ip route add local PREFIX dev lo"))
        }
        try await server.stop()
    }

    @Test("the caller learns of the TCP connection before its handlers")
    func opened() async throws {
        let server = try await LoopbackServer.start()
        let counter = Counter()
        var route = DialRoute()
        route.opened = { channel in
            #expect(channel.localAddress?.port != nil)
            #expect(channel.remoteAddress?.port != nil)
            #expect(counter.next() == 1)
        }
        let channel = try await Dialer().connect(
            to: server.endpoint(), tls: .plain, policy: .anywhere, timeout: .seconds(10), via: route, on: loop
        ) { _ in #expect(counter.next() == 2) }.get()
        #expect(counter.next() == 3)
        try await channel.close()
        try await server.stop()
    }

    private func address(_ text: String) throws -> IPAddress { try #require(IPAddress(text)) }

    private func dial(
        _ endpoint: Endpoint, _ route: DialRoute, _ resolver: HostResolver = .system, timeout: Duration = .seconds(10)
    ) -> EventLoopFuture<any Channel> {
        Dialer(resolver: resolver).connect(
            to: endpoint, tls: .plain, policy: .anywhere, timeout: timeout, via: route, on: loop
        ) { _ in }
    }
}
