import GatewayKit
import Logging
import NIOCore
import NIOEmbedded
import NIOPosix
import Networking
import Testing

@testable import IRCAdapter

/// While the session is paused by back-pressure, nothing is read from the network, and no deadline runs.
struct PauseTests {
    @Test("No deadline passes during a pause, however long it is")
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

    @Test("The last lines of a connection that closes during a pause are handled", arguments: [true, false])
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

    @Test("For a connection made during a pause, the minute for the registration begins after the pause")
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

    @Test("A request during a pause is written, and the time for its answer begins after the pause")
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
        "A paused connection is not read, nor is one that is made during a pause", arguments: [false, true])
    func realSockets(beforeConnecting: Bool) async throws {
        let group = MultiThreadedEventLoopGroup.singleton
        let server = try await LoopbackServer.start(on: group)
        let loop = group.next()
        let pair = try await loop.submit { NIOLoopBound(try Pair(port: server.port, on: loop), eventLoop: loop) }.get()
        let (heard, later) = try await loop.flatSubmit {
            pair.value.run(pausesBeforeConnecting: beforeConnecting)
        }.get()
        // The paused session heard nothing while the other session had several answers.
        #expect(heard == 0)
        #expect(later == 1)
        try await server.channel.close()
    }

    /// Two sessions on one loop with one server. The answers to the second one show that the server has answered the
    /// first.
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
                clock: { Timestamp(secondsSince1970: 1_700_000_000) }, hash: .test)
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
            // The entry is complete: pause the session, and make a request that the server will answer.
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
