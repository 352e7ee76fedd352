import GatewayKit
import Logging
import NIOCore
import NIOPosix
import Networking
import Testing

@testable import IRCAdapter

/// Tests over real sockets, from the settings to the last QUIT.
struct LoopbackTests {
    private static let room = RoomAddress(network: NetworkID("net"), name: "#c")

    /// Makes an adapter for the server and performs `actions` one after the other, each when the previous one has its
    /// outcome. Returns all events once the session is closed.
    private func run(_ port: Int, tls: String, _ actions: [Request.Action]) async throws -> [Event] {
        let node = TestNode.map([
            (
                "networks",
                ["net": ["address": .scalar("127.0.0.1:\(port)"), "tls": .scalar(tls), "private-addresses": "allow"]]
            )
        ])
        let settings = try #require(node.read().settings)
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let done = loop.makePromise(of: [Event].self)
        loop.execute {
            let adapter = IRCAdapter(
                settings: settings, eventLoop: loop, dialer: Dialer(),
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
                clock: { Timestamp(secondsSince1970: 1_700_000_000) }, hash: .test)
            Conversation(adapter, actions, done).start()
        }
        return try await done.futureResult.get()
    }

    /// Performs the actions in turn. Keeps itself alive until its promise is fulfilled.
    private final class Conversation {
        private let adapter: IRCAdapter
        private var actions: ArraySlice<Request.Action>
        private let done: EventLoopPromise<[Event]>
        private var session: (any AdapterSession)?
        private var events: [Event] = []

        init(_ adapter: IRCAdapter, _ actions: [Request.Action], _ done: EventLoopPromise<[Event]>) {
            self.adapter = adapter
            self.actions = actions[...]
            self.done = done
        }

        func start() {
            let account = Account(
                id: AccountID(user: UserID("u"), network: NetworkID("net")), preferredNick: "me", settings: [:])
            session = adapter.open(account, events: EventSink { event, _ in self.heard(event) })
            next()
        }

        private func heard(_ event: Event) {
            events.append(event)
            switch event {
            case .outcome: next()
            default: break
            }
        }

        private func next() {
            if let action = actions.popFirst() {
                session?.perform(Request(id: RequestID("r\(actions.count)"), action: action))
            } else {
                session?.close(reason: "done") {
                    self.session = nil
                    self.done.succeed(self.events)
                }
            }
        }
    }

    @Test("An adapter that is made from settings joins, sends, leaves and quits")
    func conversation() async throws {
        let server = try await LoopbackServer.start(on: MultiThreadedEventLoopGroup.singleton)
        let events = try await run(
            server.port, tls: "off",
            [
                .join(Self.room, password: nil), .send(.text(Text("hello")), to: .room(Self.room)),
            ])
        #expect(events.failures == [])
        #expect(events.entries.map(\.room) == [Self.room])
        let received = try await server.received.get()
        #expect(received.contains("\r\nNICK :me\r\n"))
        let lines = received.split(separator: "\r\n").filter { $0 != "MODE #c" }
        #expect(lines.suffix(4) == ["JOIN #c", "PRIVMSG #c :hello", "PING :fence-1", "QUIT :done"])
        try await server.channel.close()
    }

    @Test("Nothing is sent in plain text to a network that requires encryption")
    func neverPlain() async throws {
        let server = try await LoopbackServer.start(on: MultiThreadedEventLoopGroup.singleton)
        let events = try await run(server.port, tls: "required", [.join(Self.room, password: nil)])
        #expect(events.failures.map(\.kind) == [.remoteDown])
        let received = try await server.received.get()
        #expect(!received.contains("NICK"))
        #expect(!received.isEmpty)
        try await server.channel.close()
    }
}
