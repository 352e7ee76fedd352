import Basics
import DequeModule
import GatewayKit
import NIOCore
import Networking

/// The protocol of one connection, from the open socket to its end, as a value: lines from the server, requests of
/// the core and the clock go in; lines, events and what to do with the socket come out through `takeEffects`.
///
/// Call `endTurn` after a run of inputs: it writes what the flood control allows.
struct IRCClient {
    /// What a connection needs to know.
    struct Settings {
        let network: NetworkID
        /// The network's name for people.
        let title: String
        /// First characters of the channels that addresses can name.
        let channelTypes: String
        var login: ConnectionRegistration.Login
        let flood: FloodLimit
        /// Our answer to CTCP VERSION.
        let version: String
        /// Whether the core has been told that reactions are possible, by the connection before this one.
        var hasAnnouncedReactions = false
        /// Rooms to enter again without being asked.
        var rejoin: [Rejoin]
        let clock: @Sendable () -> Timestamp
    }

    struct Rejoin: Sendable, Equatable {
        let room: RoomAddress
        let key: Secret?
    }

    enum Effect: Equatable {
        case write(OutboundLine)
        case emit(Event)
        /// Requests can be performed from now on.
        case ready
        /// Close the socket.
        case hangUp(LinkEnd)
    }

    /// Channels at once, and members of all of them together, that are kept track of.
    static let channelLimit = 500
    static let memberLimit = 100_000
    /// What others say while we wait for the names of channels; told after we are in.
    static let heldLimit = 1_000

    var settings: Settings
    var registration: ConnectionRegistration
    var support = ServerSupport()
    var identity: OwnIdentity
    var channels: [FoldedName: IRCChannel] = [:]
    var memberCount = 0
    var outbox: Outbox
    var batches = Batches()
    var reactions = ReactionRecord()
    /// Whether the core has been told that reactions are possible.
    var hasAnnouncedReactions: Bool
    var keepalive: Keepalive
    var ctcpAnswers = TokenBucket(burst: 3, perSecond: 0.1)
    var motd: [String] = []
    /// Nick changes asked for before we are in.
    var earlyNickRequests: [RequestID] = []
    /// When a person was last written to or heard from.
    var lastConversation: NIODeadline?
    /// When the last channel was left, or could not be entered.
    var roomless: NIODeadline
    var hasEnded = false
    /// Lines that had too few parameters.
    private var ignored = 0
    /// How often the server has changed its mind about which names are equal.
    var caseMappingChanges = 0
    private var effects: Deque<Effect> = []

    init(_ settings: Settings, now: NIODeadline) {
        self.settings = settings
        registration = ConnectionRegistration(settings.login)
        identity = OwnIdentity(nick: settings.login.nick.name)
        outbox = Outbox(flood: settings.flood)
        hasAnnouncedReactions = settings.hasAnnouncedReactions
        keepalive = Keepalive(opened: now)
        roomless = now
        for line in registration.start() { write(line) }
    }

    var isReady: Bool { registration.isReady && !hasEnded }

    /// What the inputs so far have led to, in order.
    mutating func takeEffects() -> Deque<Effect> {
        defer { effects = [] }
        return effects
    }

    mutating func ignoreLine() { ignored += 1 }

    mutating func takeIgnored() -> Int {
        defer { ignored = 0 }
        return ignored
    }

    mutating func write(_ line: OutboundLine) { add(.write(line)) }

    mutating func emit(_ event: consuming Event) { add(.emit(event)) }

    /// A request has done what it was for.
    mutating func accept(_ id: RequestID) { emit(.outcome(id, .accepted(as: nil))) }

    mutating func fail(_ id: RequestID, _ failure: Failure) { emit(.outcome(id, .failed(failure))) }

    /// A turn that has one effect mostly has several, and growing step by step costs more than they do. So many are
    /// what malloc still has at hand: 1,032 bytes in glibc.
    private mutating func add(_ effect: consuming Effect) {
        if effects.isEmpty { effects.reserveCapacity(7) }
        effects.append(effect)
    }

    mutating func becomeReady() { add(.ready) }

    /// The connection is of no more use. Whoever drives us closes it and calls `ended`.
    mutating func hangUp(_ end: LinkEnd) {
        guard !hasEnded else { return }
        hasEnded = true
        add(.hangUp(end))
    }

    /// Whether there is nothing to write and nothing to wait for but that the server falls silent. Mutating, so that
    /// it is answered in place: to copy all this costs more than to find out.
    mutating func isAtRest() -> Bool {
        guard isReady, outbox.isIdle, outbox.queue.isEmpty, outbox.inFlight.isEmpty else { return false }
        for channel in channels.values where !channel.isJoined { return false }
        return !channels.isEmpty
    }

    func fold(_ name: String) -> FoldedName { support.caseMapping.fold(name) }

    func isOwn(_ nick: String) -> Bool {
        // Folding keeps the length, and most nicks differ in that already.
        nick.utf8.count == identity.nick.utf8.count && fold(nick) == fold(identity.nick)
    }

    /// Writes what may be written now, and a fence behind it if one is needed.
    ///
    /// - Parameter canWrite: false while the socket takes no more; the lines wait.
    mutating func endTurn(now: NIODeadline, canWrite: Bool = true) {
        guard isReady, canWrite else { return }
        outbox.release(now: now, proof: registration.capabilities.proof, into: &effects)
        if let line = outbox.fenceLine(now: now) { write(line) }
    }
}
