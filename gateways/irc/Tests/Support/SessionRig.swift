import Basics
import GatewayKit
import GatewayTesting
import Logging
import NIOCore
import NIOEmbedded
import Networking

@testable import IRCAdapter

extension KeyedHash {
    /// A hash with a key that every test knows.
    static let test = KeyedHash(key: [UInt8](repeating: 7, count: 32))
}

/// One session on an embedded loop, whose clock the test advances. The test accepts, refuses and breaks its
/// connections.
final class SessionRig {
    struct Dial {
        let endpoint: Endpoint
        let tls: TLSMode
        let configure: @Sendable (any Channel) throws -> Void
        let promise: EventLoopPromise<any Channel>
    }

    /// The time of day at which the loop starts.
    static let start = Timestamp(secondsSince1970: 1_700_000_000)
    static let network = NetworkID("net")
    static let room = RoomAddress(network: network, name: "#c")
    static let anna = PeerAddress(network: network, name: "anna")

    let loop = EmbeddedEventLoop()
    private(set) var dials: [Dial] = []
    private(set) var channel: EmbeddedChannel?
    var events: [Event] = []
    private(set) var ignored = 0
    /// Called for each event, as the core would handle it.
    var reaction: ((Event) -> Void)?
    /// The policies that sessions share.
    private(set) var policies = TransportPolicies()
    private(set) var endings: LoopQuota.Lane?
    private(set) var dialLane: LoopQuota.Lane?
    private var session: IRCSession?
    private var requests = 0

    init(
        addresses: [String] = ["one.example:6697"], account: [String: String] = ["nick": "me"],
        tls: TestNode = "required", more: [(String, TestNode)] = [],
        roomSettings: [RoomAddress: [String: String]] = [:]
    ) {
        let endpoints: [TestNode] = addresses.map { .scalar($0) }
        let node = TestNode.map([
            (
                "networks",
                ["net": .map([("addresses", .list(endpoints)), ("flood", ["per-second": "0"]), ("tls", tls)] + more)]
            )
        ])
        guard let settings = node.read().settings else { return }
        let environment = IRCSession.Environment(
            eventLoop: loop,
            connect: { [weak self, loop] server, _, _, configure in
                guard let self else { return loop.makeFailedFuture(CancellationError()) }
                let promise = loop.makePromise(of: (any Channel).self)
                dials.append(Dial(endpoint: server.endpoint, tls: server.tls, configure: configure, promise: promise))
                return promise.futureResult
            },
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, version: "Martlet",
            clock: { [loop] in
                SessionRig.start.advanced(by: .nanoseconds(Int64(loop.now.uptimeNanoseconds)))
            }, random: SeededGenerator(seed: 1),
            hash: .test, ignoredLines: { [weak self] in self?.ignored += $0 })
        policies = environment.policies
        (endings, dialLane) = (environment.endings, environment.dials)
        let account = Account(
            id: AccountID(user: UserID("u"), network: SessionRig.network), preferredNick: "fallback", settings: account,
            roomSettings: roomSettings)
        session = IRCSession(
            account, network: settings.network(for: SessionRig.network),
            events: EventSink { [weak self] event, _ in
                if !event.isCapabilities { self?.events.append(event) }
                self?.reaction?(event)
            }, environment)
    }

    deinit {
        // NIO demands that every promise is fulfilled or failed.
        for dial in dials { dial.promise.fail(CancellationError()) }
    }

    /// The values that the session has kept (`StateEvent.keep`).
    var kept: [TransportPolicies.Change] {
        events.compactMap { event in
            if case .state(.keep(let value, for: let key)) = event { .init(key: key, value: value) } else { nil }
        }
    }

    @discardableResult
    func perform(_ action: Request.Action) -> RequestID {
        defer { loop.run() }
        return request(action)
    }

    /// Makes a request like `perform`, but does not run the loop afterwards.
    @discardableResult
    func request(_ action: Request.Action) -> RequestID {
        requests += 1
        let id = RequestID("r\(requests)")
        session?.perform(Request(id: id, action: action))
        return id
    }

    func close(reason: String = "Gateway shutdown", _ done: @escaping () -> Void = {}) {
        session?.close(reason: reason, done: done)
        loop.run()
    }

    func closeNow(_ done: @escaping () -> Void = {}) { session?.close(reason: "Gateway shutdown", done: done) }

    func pause() { session?.pause() }

    func resume() {
        session?.resume()
        loop.run()
    }

    /// Lets the oldest dial succeed.
    func accept() throws {
        let dial = dials.removeFirst()
        let channel = EmbeddedChannel(loop: loop)
        self.channel = channel
        try dial.configure(channel)
        channel.connect(to: try SocketAddress(ipAddress: "192.0.2.1", port: 6697), promise: nil)
        dial.promise.succeed(channel)
        loop.run()
    }

    func refuse(_ error: DialError? = nil) {
        let dial = dials.removeFirst()
        dial.promise.fail(error ?? DialError.refused(dial.endpoint))
        loop.run()
    }

    func send(_ lines: String...) throws {
        try channel?.writeInbound(ByteBuffer(string: lines.map { $0 + "\r\n" }.joined()))
        loop.run()
    }

    /// The bytes that the session has written since the last call.
    func output() throws -> [UInt8] {
        var bytes: [UInt8] = []
        while let buffer = try channel?.readOutbound(as: ByteBuffer.self) { bytes += Array(buffer.readableBytesView) }
        return bytes
    }

    /// The lines that the session has written since the last call.
    func lines() throws -> [String] {
        String(decoding: try output(), as: UTF8.self).split(separator: "\r\n").map(String.init)
    }

    /// Accepts the oldest dial and welcomes the client, without capabilities.
    func welcome(nick: String = "me") throws {
        try accept()
        try send("CAP * LS :", ":s 001 \(nick) :Hi", ":s 422 \(nick) :No MOTD")
    }

    func enter(_ name: String = "#c") throws { try send(":me!u@h JOIN \(name)", ":s 366 me \(name) :End") }

    func breakConnection() {
        channel?.close(promise: nil)
        loop.run()
    }

    func outcomes(_ id: RequestID) -> [Event] {
        events.filter {
            switch $0 {
            case .outcome(id, .accepted(as: _)), .outcome(id, .failed(_)): true
            default: false
            }
        }
    }

    func failure(_ id: RequestID) -> Failure.Kind? {
        for case .outcome(id, .failed(let failure)) in events { return failure.kind }
        return nil
    }

    /// The last state that was reported, as text.
    var state: String? {
        events.compactMap { event in
            switch event {
            case .state(.connecting): "connecting"
            case .state(.online(let nick)): "online as \(nick)"
            case .state(.offline(let failure, let retrying)): "offline: \(failure.kind)\(retrying ? ", retrying" : "")"
            default: nil
            }
        }.last
    }
}
