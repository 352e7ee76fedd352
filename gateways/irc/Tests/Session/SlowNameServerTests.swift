import Foundation
import GatewayKit
import Logging
import NIOCore
import NIOPosix
import Testing

@testable import IRCAdapter
@testable import Networking

/// One user names 500 servers whose names never resolve. The test uses real sockets and a name server that never
/// answers.
@Suite("IRC: a user whose servers' names never resolve", .timeLimit(.minutes(1)))
struct SlowNameServerTests {
    @Test("Another user joins a configured network meanwhile; the first user is told of the limit")
    func bystander() async throws {
        let group = MultiThreadedEventLoopGroup.singleton
        let silence = try await DatagramBootstrap(group: group).bind(host: "127.0.0.1", port: 0).get()
        let server = try await LoopbackServer.start(on: group)
        let resolver = try Self.resolver(port: silence.localAddress?.port ?? 0)
        let loop = group.next()
        let crowd = try await loop.submit {
            NIOLoopBound(try Crowd(port: server.port, Dialer(resolver: resolver), on: loop), eventLoop: loop)
        }.get()
        let (joined, refused) = try await loop.flatSubmit { crowd.value.run() }.get()
        #expect(joined)
        #expect(refused == 480)
        try await server.channel.close()
        await resolver.close()
        try await silence.close()
    }

    private static func resolver(port: Int) throws -> HostResolver {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("resolv-\(UUID().uuidString).conf")
        try Data("nameserver 127.0.0.1\n".utf8).write(to: file)
        var settings = DNSQuery.Settings()
        settings.configurationPath = file.path
        settings.port = UInt16(port)
        return HostResolver(settings)
    }

    private final class Crowd {
        private let adapter: IRCAdapter
        private let loop: any EventLoop
        private var sessions: [any AdapterSession] = []
        private var refused = 0

        /// The configured network has a host name, which `/etc/hosts` resolves.
        init(port: Int, _ dialer: Dialer, on loop: any EventLoop) throws {
            let network: TestNode = [
                "address": .scalar("localhost:\(port)"), "tls": "off", "private-addresses": "allow",
            ]
            let node = TestNode.map([("other-servers", "allow"), ("networks", ["net": network])])
            guard let settings = node.read().settings else { throw CancellationError() }
            self.loop = loop
            adapter = IRCAdapter(
                settings: settings, eventLoop: loop, dialer: dialer,
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
                clock: { Timestamp(secondsSince1970: 1_700_000_000) }, hash: .test)
        }

        func run() -> EventLoopFuture<(joined: Bool, refused: Int)> {
            let joined = loop.makePromise(of: Bool.self)
            for number in 0..<500 {
                join("host\(number).dead.test", "mallory") { [self] event in
                    if case .outcome(_, .failed(let failure)) = event, failure.kind == .rateLimited { refused += 1 }
                }
            }
            join("net", "alice") { event in
                switch event {
                case .outcome(_, .accepted): joined.succeed(true)
                case .outcome(_, .failed): joined.succeed(false)
                default: break
                }
            }
            let bound = NIOLoopBound(self, eventLoop: loop)
            return joined.futureResult.map { ($0, bound.value.refused) }.always { _ in bound.value.close() }
        }

        private func join(_ network: String, _ user: String, _ heard: @escaping (Event) -> Void) {
            let account = Account(
                id: AccountID(user: UserID(user), network: NetworkID(network)), preferredNick: "me", settings: [:])
            let session = adapter.open(account, events: EventSink { event, _ in heard(event) })
            sessions.append(session)
            let room = RoomAddress(network: NetworkID(network), name: "#c")
            session.perform(Request(id: RequestID("r"), action: .join(room, password: nil)))
        }

        private func close() {
            for session in sessions { session.close(reason: "done") {} }
            sessions = []
        }
    }
}
