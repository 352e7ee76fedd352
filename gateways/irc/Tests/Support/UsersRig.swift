import GatewayKit
import GatewayTesting
import Logging
import NIOCore
import NIOEmbedded
import Networking

@testable import IRCAdapter

/// Sessions of several users with servers that they name, on an embedded loop whose clock the test advances.
final class UsersRig {
    let loop = EmbeddedEventLoop()
    let connections: UserConnections
    private(set) var dials: [(host: String, dial: SessionRig.Dial)] = []
    private(set) var events: [String: [Event]] = [:]
    private var channels: [String: EmbeddedChannel] = [:]
    private var accepted: [EmbeddedChannel] = []
    private var sessions: [String: any AdapterSession] = [:]
    private var adapter: IRCAdapter?
    private var requests = 0
    private let account: [String: String]

    init(perUser: Int = 20, dialsPerMinute: Int = 1000, account: [String: String] = ["nick": "me"]) {
        self.account = account
        connections = UserConnections(UserConnections.Limits(perUser: perUser, dialsPerMinute: dialsPerMinute))
        guard let settings = TestNode.map([("other-servers", "allow")]).read().settings else { return }
        adapter = IRCAdapter(
            settings: settings,
            environment: IRCSession.Environment(
                eventLoop: loop,
                connect: { [weak self, loop] server, _, _, configure in
                    guard let self else { return loop.makeFailedFuture(CancellationError()) }
                    let promise = loop.makePromise(of: (any Channel).self)
                    let dial = SessionRig.Dial(
                        endpoint: server.endpoint, tls: server.tls, configure: configure, promise: promise)
                    dials.append((server.network.id.rawValue, dial))
                    return promise.futureResult
                },
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, version: "Martlet",
                clock: { Timestamp(secondsSince1970: 1_700_000_000) }, random: SeededGenerator(seed: 1),
                connections: connections, hash: .test))
    }

    deinit { for (_, dial) in dials { dial.promise.fail(CancellationError()) } }

    /// The hosts that are being dialled.
    var dialled: [String] { dials.map(\.host) }

    @discardableResult
    func join(_ host: String, user: String = "u") -> RequestID {
        perform(.join(room(host), password: nil), host, user)
    }

    @discardableResult
    func leave(_ host: String, user: String = "u") -> RequestID {
        perform(.leave(room(host), reason: nil), host, user)
    }

    func close(_ host: String, user: String = "u", _ done: @escaping () -> Void = {}) {
        session(host, user).close(reason: "bye", done: done)
        loop.run()
    }

    /// Lets the oldest dial of a host succeed, and completes the entry into the room.
    func enter(_ host: String) throws {
        try accept(host)
        try send(host, "CAP * LS :", ":s 001 me :Hi", ":s 422 me :x")
        try send(host, ":me!u@h JOIN #c", ":s 366 me #c :End")
    }

    func accept(_ host: String) throws {
        guard let index = dials.firstIndex(where: { $0.host == host }) else { throw CancellationError() }
        let (_, dial) = dials.remove(at: index)
        let channel = EmbeddedChannel(loop: loop)
        channels[host] = channel
        accepted.append(channel)
        try dial.configure(channel)
        channel.connect(to: try SocketAddress(ipAddress: "192.0.2.1", port: 6697), promise: nil)
        dial.promise.succeed(channel)
        loop.run()
    }

    func refuse(_ host: String) throws {
        guard let index = dials.firstIndex(where: { $0.host == host }) else { throw CancellationError() }
        let (_, dial) = dials.remove(at: index)
        dial.promise.fail(DialError.refused(dial.endpoint))
        loop.run()
    }

    func send(_ host: String, _ lines: String...) throws {
        try channels[host]?.writeInbound(ByteBuffer(string: lines.map { $0 + "\r\n" }.joined()))
        loop.run()
    }

    /// The lines that the user of a host has sent since the last call.
    func lines(_ host: String) throws -> [String] {
        var bytes: [UInt8] = []
        while let buffer = try channels[host]?.readOutbound(as: ByteBuffer.self) {
            bytes += Array(buffer.readableBytesView)
        }
        return String(decoding: bytes, as: UTF8.self).split(separator: "\r\n").map(String.init)
    }

    /// Closes the connection from the server's side.
    func breakConnection(_ host: String) {
        channels[host]?.close(promise: nil)
        loop.run()
    }

    /// Closes the connections of all users from the server's side.
    func breakAll() {
        for channel in accepted { channel.close(promise: nil) }
        accepted = []
        loop.run()
    }

    func failure(_ id: RequestID) -> Failure? {
        for case .outcome(id, .failed(let failure)) in events.values.joined() { return failure }
        return nil
    }

    /// The states that were reported for a host's connection, as text.
    func states(_ host: String) -> [String] {
        (events[host] ?? []).compactMap { event in
            switch event {
            case .state(.connecting(let words)): words
            case .state(.offline(let failure, let retrying)): "\(failure.kind)\(retrying ? ", retrying" : "")"
            default: nil
            }
        }
    }

    private func room(_ host: String) -> RoomAddress { RoomAddress(network: NetworkID(host), name: "#c") }

    private func perform(_ action: Request.Action, _ host: String, _ user: String) -> RequestID {
        requests += 1
        let id = RequestID("r\(requests)")
        session(host, user).perform(Request(id: id, action: action))
        loop.run()
        return id
    }

    private func session(_ host: String, _ user: String) -> any AdapterSession {
        if let session = sessions["\(user) \(host)"] { return session }
        let account = Account(
            id: AccountID(user: UserID(user), network: NetworkID(host)), preferredNick: "me", settings: account)
        let sink = EventSink { [weak self] event, _ in self?.events[host, default: []].append(event) }
        let session = adapter?.open(account, events: sink)
        sessions["\(user) \(host)"] = session
        return session ?? NoSession()
    }

    private final class NoSession: AdapterSession {
        func perform(_ request: Request) {}
        func pause() {}
        func resume() {}
        func close(reason: String, done: @escaping () -> Void) { done() }
    }
}
