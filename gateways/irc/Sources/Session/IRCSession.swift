import Basics
import DequeModule
import GatewayKit
import Logging
import NIOCore
import Networking

/// One account on its network. Runs on the gateway's event loop.
///
/// It makes the connection when a request needs one, drives the protocol on it (`IRCClient`), and reconnects after a
/// break while there are rooms to enter again.
final class IRCSession: AdapterSession, TimerOwner {
    /// Connects a user to one of a network's servers. The closure adds the handlers to the new channel.
    typealias Connect = (Server, UserID, DialRoute, @escaping @Sendable (any Channel) throws -> Void)
        -> EventLoopFuture<any Channel>

    /// The values that all sessions of an adapter share.
    final class Environment {
        let eventLoop: any EventLoop
        let connect: Connect
        let logger: Logger
        let version: String
        let clock: @Sendable () -> Timestamp
        let random: any RandomNumberGenerator
        let turns: TurnQueue
        let timers: TimerTable<IRCSession>
        let derivations: KeyDerivations
        let connections: UserConnections
        /// Spreads reconnects over time.
        let reconnects = ReconnectPace()
        private let commons = Surroundings.Commons()
        private var surroundings: [NetworkID: Surroundings] = [:]
        /// The maximum of `surroundings`. With more networks, they are made anew.
        private static let mostSurroundings = 100
        /// The buffer into which the connections read.
        let readBuffers: ReadBuffers
        // Thousands of users can lose their server at once, or connect. The quota bounds the time for that in one turn of
        // the loop. No dial begins while handshakes wait, so that the time for a dial suffices for its handshake.
        let endings: LoopQuota.Lane
        let handshakes: LoopQuota.Lane
        let dials: LoopQuota.Lane
        /// Gives users stable addresses and names that tell nothing about them.
        let hash: KeyedHash
        /// The connections with their owners, for an ident server; nil if there is none.
        let ident: IdentTable?
        /// The hosts that must be reached with TLS.
        let policies = TransportPolicies()
        /// Called with a number of lines of servers that were malformed or too long.
        let ignoredLines: (Int) -> Void

        init(
            eventLoop: any EventLoop, connect: @escaping Connect, logger: Logger, version: String,
            clock: @escaping @Sendable () -> Timestamp, random: any RandomNumberGenerator,
            connections: UserConnections = UserConnections(),
            hash: KeyedHash, ident: IdentTable? = nil,
            ignoredLines: @escaping (Int) -> Void = { _ in }
        ) {
            self.eventLoop = eventLoop
            self.connect = connect
            self.logger = logger
            self.version = version
            self.clock = clock
            self.random = random
            self.ignoredLines = ignoredLines
            self.connections = connections
            self.hash = hash
            self.ident = ident
            turns = TurnQueue(eventLoop)
            timers = TimerTable(eventLoop)
            readBuffers = ReadBuffers(size: 4096, eventLoop)
            let quota = LoopQuota(eventLoop)
            (endings, handshakes, dials) = (quota.lane(), quota.lane(), quota.lane())
            derivations = KeyDerivations(eventLoop)
        }

        /// The surroundings that the connections to a network share.
        func surroundings(of network: IRCNetwork) -> Surroundings {
            if let known = surroundings[network.id] { return known }
            let new = Surroundings(
                network.id, title: network.id.rawValue, channelTypes: network.channelTypes, flood: network.flood,
                version: version, commons: commons, clock: clock)
            if surroundings.count >= Self.mostSurroundings { surroundings = [:] }
            surroundings[network.id] = new
            return new
        }
    }

    /// The state of the connection.
    enum Link {
        case idle
        /// The user dials too often, so this dial waits. It has its place in the count of connections already.
        case queued(Scheduled<Void>, UserConnections.Slot)
        case dialing
        case up(any Channel)
        /// The session waits before the next attempt. If `isStrict`, the server asked for the pause, and no request
        /// shortens it.
        case pausing(Scheduled<Void>, isStrict: Bool)
        /// The session is closing. New requests fail.
        case closing
        case closed
    }

    /// The number of requests that may wait for the connection.
    static let waitingLimit = 200
    /// The number of bytes that may wait for a server that does not read, besides those that its socket has taken.
    static let unwrittenLimit = 65_536

    let account: Account
    let network: IRCNetwork
    let environment: Environment
    private let events: EventSink
    var loop: any EventLoop { environment.eventLoop }

    var link = Link.idle
    /// Nil without a connection. The client calls nothing that could change it while it runs, so accesses are not checked
    /// for overlaps (`unchecked`).
    @exclusivity(unchecked) var client: IRCClient?
    /// The number of the current connection. Callbacks of an earlier one carry a lower number and are ignored.
    var connection = 0
    var waiting: [Request] = []
    var rejoin: [IRCClient.Rejoin] = []
    /// Whether the account stays connected while it is in no channel (`Request.Action.keepConnected`).
    var keepsConnected = false
    var nick: WantedNick
    /// Whether this connection follows a broken one. The server may not have noticed the break, and then the nick is
    /// still taken by our own lost connection.
    var isReturning = false
    /// The features of the network that the core has been told of.
    var announced = NetworkFeatures.usual
    /// The index of the server to dial, and the number of servers that have failed since the last ready connection.
    var address = 0
    var failedAddresses = 0
    /// The demand for TLS that the last connection without TLS has ended with.
    var upgrade: TransportUpgrade?
    /// The encodings that the user has chosen for channels.
    var encodings: ChannelEncodings
    var backoff = Backoff(first: .seconds(2))
    var random: any RandomNumberGenerator
    /// The end of the connection that the client asked for during this turn. `endTurn` carries it out.
    var pendingEnd: LinkEnd?

    var outgoing = ByteBuffer()
    /// The effects that the client has returned and that are not carried out yet, in order. Exclusive access is not
    /// checked, because every line uses the queue. This is safe: each access takes one effect or replaces all, and
    /// calls no other code.
    @exclusivity(unchecked) var effects: Deque<IRCClient.Effect> = []
    var isTurnScheduled = false
    /// Whether `KeyDerivations` has this session, to derive the key of a login.
    var isDeriving = false
    /// The slot of the timer for the client's next deadline. Nil without a timer.
    var timerSlot: Int?
    /// When the current pause began. Nil while the session is not paused.
    var pausedAt: NIODeadline?
    /// How long all earlier pauses took together.
    private(set) var totalPauseTime = TimeAmount.zero

    init(_ account: Account, network: IRCNetwork, events: EventSink, _ environment: Environment) {
        self.account = account
        self.network = network
        self.events = events
        self.environment = environment
        random = environment.random
        nick = WantedNick(of: account)
        encodings = ChannelEncodings(account.roomSettings)
        Self.capabilities(.usual).announce(to: events)
    }

    /// The logger with the network and the user. It is made for each line, because a stored one would cost each of
    /// thousands of sessions a table of metadata, and sessions seldom log.
    var logger: Logger {
        var logger = environment.logger
        logger[metadataKey: "network"] = "\(network.id)"
        logger[metadataKey: "user"] = "\(account.id.user)"
        return logger
    }

    /// Emits an event, unless the session is closed.
    func emit(_ event: consuming Event) {
        if case .closed = link { return }
        events.emit(event)
    }

    func fail(_ request: Request, _ failure: Failure) { emit(.outcome(request.id, .failed(failure))) }

    /// Performs a request on the connection if it is ready. Otherwise the request waits, or is decided at once.
    func perform(_ request: Request) {
        if case .prefer(let room, let settings) = request.action {
            prefer(settings, in: room, request)
        } else if case .keepConnected(let keeps) = request.action {
            keepConnected(keeps, request)
        } else if refusedAsUnwritable(request) {
            return
        } else if case .up = link, client?.performIfReady(request, now: now) == true {
            scheduleTurn()
        } else {
            performOffline(request)
        }
    }

    /// The client's time. It stands still during pauses, so that no deadline passes while the server's lines are
    /// unread.
    var now: NIODeadline { (pausedAt ?? loop.now) - totalPauseTime }

    /// Stops reading from the network. Timers are not cancelled: one that fires meanwhile finds that no time has
    /// passed, and that is cheaper than cancelling those of thousands of sessions.
    func pause() {
        pausedAt = loop.now
        if case .up(let channel) = link { setReading(false, channel) }
    }

    /// Reads from the network again. The client's time goes on.
    func resume() {
        guard let pausedAt else { return }
        totalPauseTime = totalPauseTime + (loop.now - pausedAt)
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
