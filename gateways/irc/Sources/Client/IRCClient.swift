import Basics
import DequeModule
import GatewayKit
import NIOCore
import Networking

/// The protocol of one connection, from the open socket to its end, as a value. Lines of the server, requests of
/// the core and the time go in. `takeEffects` returns the effects: lines to write, events, and the end of the socket.
///
/// Call `endTurn` after a run of inputs: it writes the lines that flood control allows.
struct IRCClient {
    /// The settings of one connection.
    struct Settings {
        /// The features that the previous connection has told the core of.
        var announced = NetworkFeatures.usual
        /// Lines to write after each connect, before rooms are entered.
        var commands: [OutboundLine] = []
        /// Whether to get the wanted nick back if it is taken (`NickRegain`).
        var regainsNick = false
        /// Rooms to enter again without being asked.
        var rejoin: [Rejoin] = []
        /// Bounds the members on all connections of the user.
        var members = UserMembers()
    }

    /// A room to enter again after a reconnect, with the password that it was entered with.
    struct Rejoin: Sendable, Equatable {
        let room: RoomAddress
        let key: Secret?
    }

    /// An action for the caller, which owns the socket and knows the core.
    enum Effect: Equatable {
        case write(OutboundLine)
        case emit(Event)
        /// Requests can be performed from now on.
        case ready
        /// Close the socket.
        case hangUp(LinkEnd)
    }

    /// The number of channels that one connection may be in.
    static let channelLimit = 500
    /// The number of members that are kept, over all channels together.
    static let memberLimit = 100_000
    /// The maximum of `unshownEchoes`.
    static let unshownLimit = 16
    /// The number of messages that are held for channels whose entry is not complete, over all of them together.
    static let heldLimit = 1_000

    let surroundings: Surroundings
    var settings: Settings
    var registration: ConnectionRegistration
    /// The announcement of the server, which connections to one network share. To read it, use `support`.
    var sharedSupport = SupportPool.usual
    var identity: OwnIdentity
    var channels: [FoldedName: IRCChannel] = [:]
    /// The number of members of all channels. A copy of the client shares it.
    var memberCount: Int {
        get { memberShare.count }
        set { memberShare.count = newValue }
    }
    private let memberShare: UserMembers.Share
    /// Finds the channels of a person on a connection with many channels.
    var channelIndex = ChannelIndex()
    var outbox: Outbox
    var batches = Batches()
    /// The messages of several lines that have not come to their end, by the names of their batches.
    var multilines: [String: MultilineText] = [:]
    /// The number of the latest message of several lines that was sent in one batch.
    var lastMultiline = 0
    var reactions = ReactionRecord()
    var peers = PeerWatch()
    var partners = ConversationPartners()
    var profiles = ProfileRecord()
    var ctcpQuestions = CTCPQuestions()
    /// The channels whose modes we still have to ask for.
    var modesWanted: Deque<FoldedName> = []
    /// The channels whose members we still have to ask about.
    var memberQueries = MemberQueries()
    /// The people whose details have changed without the core having been told.
    var news = DetailNews()
    /// The people who come back from a netsplit.
    var returning = Returning()
    /// The entries that have come for lists of masks that the core has asked for.
    var lists: [ListName: [ListEntry]] = [:]
    /// The features of the network that the core has been told of.
    var announced: NetworkFeatures
    var keepalive: Keepalive
    /// The list of channels that is being read or that is kept for the next page. Nil if there is none.
    var listing: Listing?
    /// The lines and typed commands of the user that wait for the server.
    var userLines = UserLines()
    /// The limits of events that happen on few connections.
    var limits: EventLimits {
        get { rareLimits.value ?? EventLimits() }
        set { rareLimits.value = newValue }
    }
    private var rareLimits = Rare<EventLimits>()
    /// The lines of the server's message of the day that have come so far. At most 100 are kept.
    var motd: [String] = []
    /// Nick changes that were asked for before the welcome.
    var earlyNickRequests: [RequestID] = []
    /// When the last private message was sent or received.
    var lastConversation: NIODeadline?
    /// When the last channel was left, or its entry failed. Before that, when the connection was opened or became
    /// ready.
    var roomlessSince: NIODeadline
    /// Whether the connection is kept while we are in no channel.
    var keepsConnected = false
    var hasEnded = false
    /// Whether the socket took lines at the end of the last turn. If not, the session ends a turn when it does again.
    private(set) var canWrite = true
    /// The name of the account that we are logged in to; empty if the network has not told it. Nil if we are not.
    var account: String?
    /// The deadline for the network's verdict about a login. Nil if no login is under way.
    var loginDeadline: NIODeadline?
    /// The deadline for a login after the connection has become ready, by the user's own commands or a slow account
    /// service. A channel that refuses us before it because we are not logged in is tried again after the login.
    var loginHope: NIODeadline?
    /// The texts of lines of `writeUnshown` whose echoes have not come.
    var unshownEchoes: [String] = []
    /// The changes of lists that wait for the address of a person.
    var maskRequests: [MaskRequest] = []
    /// The attempts to get the wanted nick back. Nil if we have it.
    var regain: NickRegain? {
        get { rareRegain.value }
        set { rareRegain.value = newValue }
    }
    private var rareRegain = Rare<NickRegain>()
    /// The number of lines with too few parameters since the last `takeIgnored`.
    private var ignored = 0
    /// How often the server has changed its case mapping, and its list of ranks.
    var caseMappingChanges = 0
    var prefixChanges = 0
    private var effects: Deque<Effect> = []
    /// Nobody reads this. A stored existential makes the compiler pass the value by its address. Without it, the
    /// compiler copies the value, some kilobytes, to the stack for each call of a function that does not change it:
    /// several times a message.
    private let passedByAddress: any Sendable = ()

    /// Makes a client for a connection that has just been opened. Its first effects are the lines of the registration.
    init(
        _ surroundings: Surroundings, _ settings: Settings, _ login: ConnectionRegistration.Login, now: NIODeadline
    ) {
        self.surroundings = surroundings
        self.settings = settings
        memberShare = UserMembers.Share(of: settings.members)
        registration = ConnectionRegistration(login)
        identity = OwnIdentity(nick: login.nick.name)
        outbox = Outbox(flood: surroundings.flood)
        announced = settings.announced
        keepalive = Keepalive(opened: now)
        roomlessSince = now
        for line in registration.start() { write(line) }
    }

    /// The features and limits that the server has announced.
    @inline(__always)
    var support: ServerSupport { _read { yield sharedSupport.value } }

    // The next functions are inlined, so that their callers need not copy the whole value for them.

    @inline(__always)
    var isReady: Bool { registration.isReady && !hasEnded }

    /// Removes and returns the effects of the inputs so far, in order.
    mutating func takeEffects() -> Deque<Effect> {
        defer { effects = [] }
        return effects
    }

    mutating func ignoreLine() { ignored += 1 }

    /// Returns the number of lines that were ignored since the last call.
    mutating func takeIgnored() -> Int {
        defer { ignored = 0 }
        return ignored
    }

    /// Adds the effect that writes a line. It does not pass the outbox, so flood control does not apply.
    mutating func write(_ line: OutboundLine) { add(.write(line)) }

    mutating func emit(_ event: consuming Event) { add(.emit(event)) }

    /// Reports that a request has succeeded.
    mutating func accept(_ id: RequestID) { emit(.outcome(id, .accepted(as: nil))) }

    /// Reports that a request has failed.
    mutating func fail(_ id: RequestID, _ failure: Failure) { emit(.outcome(id, .failed(failure))) }

    /// Adds an effect. Reserves memory for seven, because a turn with one effect mostly has several, and growing step
    /// by step is slow. Seven fit into the largest block that glibc caches for a thread (1,032 bytes).
    private mutating func add(_ effect: consuming Effect) {
        if effects.isEmpty { effects.reserveCapacity(7) }
        effects.append(effect)
    }

    /// Adds the effect that lets the session perform its waiting requests.
    mutating func becomeReady() { add(.ready) }

    /// Ends the protocol on this connection. The caller closes the socket and then calls `ended`.
    mutating func hangUp(_ end: LinkEnd) {
        guard !hasEnded else { return }
        hasEnded = true
        add(.hangUp(end))
    }

    /// Whether no line waits to be written, no answer is awaited, and the connection is in use. Then the keepalive's
    /// deadline is the only one. The function is mutating so that the caller does not copy the whole value for it.
    mutating func isAtRest() -> Bool {
        guard registration.isReady, !hasEnded, loginDeadline == nil, outbox.isIdle, outbox.queue.isEmpty,
            outbox.inFlight.isEmpty,
            modesWanted.isEmpty, memberQueries.isEmpty, news.isEmpty, returning.isEmpty, multilines.isEmpty,
            listing?.nextSlice == nil
        else {
            return false
        }
        for channel in channels.values where !channel.isJoined { return false }
        return !channels.isEmpty
    }

    /// Whether one more member may be kept, by the limit of the connection and by that of all connections of the user.
    var hasRoomForMember: Bool { memberCount < IRCClient.memberLimit && memberShare.hasRoom }

    /// Folds a name by the server's case mapping.
    func fold(_ name: String) -> FoldedName { support.caseMapping.fold(name) }

    /// Whether a nick is ours, by the server's case mapping.
    func isOwn(_ nick: String) -> Bool {
        // Folding keeps the length, so comparing lengths first spares most of the folding.
        nick.utf8.count == identity.nick.utf8.count && fold(nick) == fold(identity.nick)
    }

    /// Writes the lines that flood control allows now, and a fence behind them if one is needed.
    ///
    /// - Parameter canWrite: false while the socket takes no more. Then the lines wait.
    mutating func endTurn(now: NIODeadline, canWrite: Bool = true) {
        self.canWrite = canWrite
        guard isReady else { return }
        if !returning.isEmpty { tellReturned(now: now) }
        if !news.isEmpty { tellDetails(now: now) }
        guard canWrite else { return }
        outbox.release(now: now, proof: registration.capabilities.proof, into: &effects)
        if !modesWanted.isEmpty { askForModes(now: now) }
        if memberQueries.next != nil { askAboutMembers(now: now) }
        if let line = outbox.fenceLine(now: now) { write(line) }
    }
}
