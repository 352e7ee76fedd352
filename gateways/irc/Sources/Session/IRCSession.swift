import Basics
import DequeModule
import GatewayKit
import Logging
import NIOCore
import Networking

/// One account's place on its network: makes the connection when a request needs one, drives the protocol on it
/// (`IRCClient`), comes back after a break as long as there are rooms to be in, and lives on the gateway's loop.
final class IRCSession: AdapterSession {
    /// Makes a connection to one of a network's servers for a user and hands it to the closure, which adds the handlers.
    typealias Connect = (IRCNetwork, Endpoint, UserID, @escaping @Sendable (any Channel) throws -> Void)
        -> EventLoopFuture<any Channel>

    /// What all sessions of an adapter share.
    struct Environment {
        let eventLoop: any EventLoop
        let connect: Connect
        let logger: Logger
        let version: String
        let clock: @Sendable () -> Timestamp
        let random: any RandomNumberGenerator
        let turns: TurnQueue
        let connections: UserConnections
        /// Told how many lines of servers could not be understood.
        let ignoredLines: (Int) -> Void

        init(
            eventLoop: any EventLoop, connect: @escaping Connect, logger: Logger, version: String,
            clock: @escaping @Sendable () -> Timestamp, random: any RandomNumberGenerator,
            connections: UserConnections = UserConnections(), ignoredLines: @escaping (Int) -> Void = { _ in }
        ) {
            self.eventLoop = eventLoop
            self.connect = connect
            self.logger = logger
            self.version = version
            self.clock = clock
            self.random = random
            self.ignoredLines = ignoredLines
            self.connections = connections
            turns = TurnQueue(eventLoop)
        }
    }

    /// Where the connection stands.
    enum Link {
        case idle
        /// The user dials too often: until it is this dial's turn. It has its place already.
        case queued(Scheduled<Void>, UserConnections.Place)
        case dialing
        case up(any Channel)
        /// Until the next attempt; `isStrict` if the server wants it that long.
        case pausing(Scheduled<Void>, isStrict: Bool)
        /// We are closing: what is still asked for fails.
        case closing
        case closed
    }

    /// Requests that may wait for the connection.
    static let waitingLimit = 200
    /// Bytes that wait for a server that does not read, beyond those that its connection holds already.
    static let unwrittenLimit = 65_536

    let account: Account
    let network: IRCNetwork
    let environment: Environment
    private let events: EventSink
    var loop: any EventLoop { environment.eventLoop }

    var link = Link.idle
    var client: IRCClient?
    /// Counts connections, so that late news of an old one is recognised.
    var connection = 0
    var waiting: [Request] = []
    var rejoin: [IRCClient.Rejoin] = []
    var nick: WantedNick
    /// The nick in use by the connection before this one was ours, and may still seem to be.
    var isReturning = false
    /// Whether the core has been told that the network carries reactions.
    var hasAnnouncedReactions = false
    var address = 0
    var failedAddresses = 0
    var backoff = Backoff(first: .seconds(2))
    var random: any RandomNumberGenerator
    /// What the client has decided about the connection during this turn.
    var pendingEnd: LinkEnd?

    var outgoing = ByteBuffer()
    /// What the client wants done and is not done yet, in order.
    var effects: Deque<IRCClient.Effect> = []
    var isTurnScheduled = false
    /// `at` is in the client's time.
    var timer: (at: NIODeadline, task: Scheduled<Void>)?
    /// Since when the home side takes no more.
    var pausedAt: NIODeadline?
    /// How long that has been the case, all in all.
    private(set) var excused = TimeAmount.zero

    init(_ account: Account, network: IRCNetwork, events: EventSink, _ environment: Environment) {
        self.account = account
        self.network = network
        self.events = events
        self.environment = environment
        random = environment.random
        nick =
            account.settings["nick"].map { WantedNick(name: $0, isChosen: true) }
            ?? .suggestion(from: account.preferredNick)
        Self.capabilities(hasReactions: false).announce(to: events)
    }

    /// Made when it is needed, which is seldom: thousands of sessions would have a table of metadata each.
    var logger: Logger {
        var logger = environment.logger
        logger[metadataKey: "network"] = "\(network.id)"
        logger[metadataKey: "user"] = "\(account.id.user)"
        return logger
    }

    func emit(_ event: consuming Event) {
        if case .closed = link { return }
        events.emit(event)
    }

    func fail(_ request: Request, _ failure: Failure) { emit(.outcome(request.id, .failed(failure))) }

    func perform(_ request: Request) {
        if client?.isReady == true, case .up = link {
            client?.perform(request, now: now)
            scheduleTurn()
        } else {
            performOffline(request)
        }
    }

    /// The client's time. It stands still while we are paused: what we do not read cannot be late.
    var now: NIODeadline { (pausedAt ?? loop.now) - excused }

    /// A timer that ends meanwhile finds that no time has gone by. To cancel those of thousands of sessions would take
    /// the loop longer than to let them end.
    func pause() {
        pausedAt = loop.now
        if case .up(let channel) = link { setReading(false, channel) }
    }

    func resume() {
        guard let pausedAt else { return }
        excused = excused + (loop.now - pausedAt)
        self.pausedAt = nil
        guard case .up(let channel) = link else { return }
        setReading(true, channel)
        scheduleTurn()
    }

    func setReading(_ isReading: Bool, _ channel: any Channel) {
        do {
            try channel.syncOptions?.setOption(.autoRead, value: isReading)
        } catch {
            logger.debug("the connection is closed already", metadata: ["reason": "\(error)"])
        }
    }
}
