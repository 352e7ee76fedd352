import GatewayKit
import Logging
import NIOCore
import NIOEmbedded
import NIOPosix
import Networking
import Testing

@testable import IRCAdapter

/// While the home side takes no more, the network has to wait, and its silence is not its fault.
struct PauseTests {
    @Test("What we do not read is not late, however long we do not read")
    func excused() throws {
        let rig = SessionRig()
        rig.perform(.join(SessionRig.room, password: nil))
        try rig.welcome()
        try rig.enter()
        rig.loop.advanceTime(by: .seconds(100))
        rig.pause()
        rig.loop.advanceTime(by: .hours(2))
        rig.resume()
        #expect(rig.state == "online as me")
        _ = try rig.lines()
        rig.loop.advanceTime(by: .seconds(19))
        #expect(try rig.lines() == [])
        rig.loop.advanceTime(by: .seconds(2))
        #expect(try rig.lines() == ["PING :alive"])
        rig.pause()
        rig.loop.advanceTime(by: .hours(2))
        rig.resume()
        rig.loop.advanceTime(by: .seconds(58))
        #expect(rig.state == "online as me")
        rig.loop.advanceTime(by: .seconds(2))
        #expect(rig.state == "offline: remoteDown, retrying")
    }

    @Test("The last words of a connection that is closed meanwhile are heard", arguments: [true, false])
    func lastWords(isBanned: Bool) throws {
        let rig = SessionRig()
        rig.perform(.join(SessionRig.room, password: nil))
        try rig.welcome()
        try rig.enter()
        rig.pause()
        if isBanned { try rig.send(":s 465 me :You are banned") }
        rig.breakConnection()
        #expect(rig.state == "offline: \(isBanned ? "forbidden" : "remoteDown"), retrying")
    }

    @Test("A connection made meanwhile has its minute to let us in from when we read")
    func registration() throws {
        let rig = SessionRig()
        rig.pause()
        rig.perform(.join(SessionRig.room, password: nil))
        try rig.accept()
        rig.loop.advanceTime(by: .minutes(10))
        #expect(rig.state == "connecting")
        rig.resume()
        rig.loop.advanceTime(by: .seconds(59))
        #expect(rig.state == "connecting")
        rig.loop.advanceTime(by: .seconds(2))
        #expect(rig.state == "offline: remoteDown")
    }

    @Test("A request made meanwhile is written, and has its time for an answer from when we read")
    func requests() throws {
        let rig = SessionRig()
        rig.perform(.join(SessionRig.room, password: nil))
        try rig.welcome()
        try rig.enter()
        _ = try rig.lines()
        rig.pause()
        let nick = rig.perform(.changeNick("other"))
        #expect(try rig.lines() == ["NICK :other"])
        rig.loop.advanceTime(by: .hours(1))
        rig.resume()
        rig.loop.advanceTime(by: .seconds(59))
        #expect(rig.outcomes(nick) == [])
        rig.loop.advanceTime(by: .seconds(2))
        rig.loop.advanceTime(by: .seconds(2))
        #expect(rig.failure(nick) == .unknownOutcome)
    }

    @Test(
        "A paused connection is not read, and one that was made while paused is not either", arguments: [false, true])
    func realSockets(beforeConnecting: Bool) async throws {
        let group = MultiThreadedEventLoopGroup.singleton
        let server = try await LoopbackServer.start(on: group)
        let loop = group.next()
        let pair = try await loop.submit { NIOLoopBound(try Pair(port: server.port, on: loop), eventLoop: loop) }.get()
        let (heard, later) = try await loop.flatSubmit {
            pair.value.run(pausesBeforeConnecting: beforeConnecting)
        }.get()
        // Not a word came to the paused one while the other one had several answers.
        #expect(heard == 0)
        #expect(later == 1)
        try await server.channel.close()
    }

    /// Two sessions on one loop with one server: what the second one is answered proves how far the server is.
    private final class Pair {
        private let adapter: IRCAdapter
        private let loop: any EventLoop
        private var paused: (any AdapterSession)?
        private var other: (any AdapterSession)?
        private let done: EventLoopPromise<(Int, Int)>
        private var outcomes = 0
        private var heardWhilePaused: Int?
        private var rounds = 0
        private var pausesBeforeConnecting = false

        init(port: Int, on loop: any EventLoop) throws {
            let network: TestNode = [
                "address": .scalar("127.0.0.1:\(port)"), "tls": "off", "private-addresses": "allow",
            ]
            guard let settings = TestNode.map([("networks", ["net": network])]).read().settings else {
                throw CancellationError()
            }
            self.loop = loop
            done = loop.makePromise()
            adapter = IRCAdapter(
                settings: settings, eventLoop: loop, dialer: Dialer(),
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
                clock: { Timestamp(secondsSince1970: 1_700_000_000) })
        }

        func run(pausesBeforeConnecting: Bool) -> EventLoopFuture<(Int, Int)> {
            self.pausesBeforeConnecting = pausesBeforeConnecting
            paused = open("paused") { [self] in pausedHeard() }
            other = open("other") { [self] in otherHeard() }
            if pausesBeforeConnecting {
                paused?.pause()
                join(other)
            }
            join(paused)
            return done.futureResult
        }

        private func open(_ user: String, _ heard: @escaping () -> Void) -> any AdapterSession {
            let account = Account(
                id: AccountID(user: UserID(user), network: NetworkID("net")), preferredNick: "me", settings: [:])
            return adapter.open(
                account,
                events: EventSink { event, _ in
                    if case .outcome(_, .accepted) = event { heard() }
                })
        }

        private func join(_ session: (any AdapterSession)?) {
            let room = RoomAddress(network: NetworkID("net"), name: "#c")
            session?.perform(Request(id: RequestID("r"), action: .join(room, password: nil)))
        }

        private func say(_ session: (any AdapterSession)?) {
            let room = RoomAddress(network: NetworkID("net"), name: "#c")
            session?.perform(Request(id: RequestID("r"), action: .send(.text(Text("x")), to: .room(room))))
        }

        private func pausedHeard() {
            outcomes += 1
            if let heardWhilePaused { return finish(heardWhilePaused) }
            // It is in: pause it, and ask for something that will be answered.
            paused?.pause()
            outcomes = 0
            say(paused)
            join(other)
        }

        private func otherHeard() {
            rounds += 1
            guard rounds == 8 else { return say(other) }
            heardWhilePaused = outcomes
            paused?.resume()
        }

        private func finish(_ heard: Int) {
            let after = outcomes
            paused?.close(reason: "done") { [self] in
                other?.close(reason: "done") { [self] in
                    (paused, other) = (nil, nil)
                    done.succeed((heard, after))
                }
            }
        }
    }
}
