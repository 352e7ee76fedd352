import Basics
import DequeModule
import GatewayKit
import XML
import XMPP

/// A room as one user sees it: the occupants, and the user's resources in it (the members). `Rooms` owns it. It is a
/// class, because a room with fifty thousand occupants must never be copied.
final class Room {
    /// Whether the user is in the room on the network.
    enum Phase: Equatable {
        /// The network has not let the user in yet.
        case entering
        case inside
        /// The link to the network is down. The adapter enters the room again by itself. Members stay inside for
        /// `Limits.longestBreak`.
        case lost
    }

    /// One of the user's resources that is in the room or waits to enter it.
    struct Member {
        /// The full JID of the resource.
        let jid: JID
        /// The room JID that the resource uses. It may be an alias of the canonical JID.
        let room: JID
        /// The nick that the resource has asked for.
        var wantedNick: String
        /// The id of the presence that asked to enter. An error about the entry carries the same id (RFC 6120 §8.1.3).
        var presenceID: String?
        /// The earlier requests of the resource to enter that have no answer. They get the same error as the last one.
        var earlier: [EntryRequest] = []
        /// Whether the resource has been sent its own presence (status 110), which ends the entry.
        var isInside = false
        /// Whether the resource has asked to enter and has not been answered.
        var isWaiting = true
        /// Whether the home server may have lost the resource while the stream was broken. An answer to a ping ends the
        /// doubt.
        var mayBeGone = false
        /// Whether the resource has been pinged since the stream opened.
        var isPinged = false
        /// Whether the resource still must be shown the changes that it may not have seen.
        var isBehind = false
        /// Whether a break of the stream may have lost the end of the resource's entry.
        var mayHaveNoEntry = false
        /// The number of the last missed message that the resource has been sent (`missedCount`).
        var shownMissed = 0
        /// The nick under which the resource was in the room, if its stay ended while the stream was closed and the
        /// resource has not been told; nil otherwise.
        var staleNick: String?

        /// Whether the resource shows no message of the room itself that comes from the bare JID (`Rooms.ownAddress`).
        var needsRoomNick = false

        /// Whether the resource is shown changes as soon as they happen.
        var seesChanges: Bool { isInside && !isBehind }
    }

    /// A request to enter, as far as an error about it needs it.
    struct EntryRequest {
        let nick: String
        let presenceID: String?
    }

    let user: UserID
    let address: RoomAddress
    var phase: Phase = .entering
    /// The user's shown nick in the room.
    var nick: String
    /// All occupants by shown nick, including the user.
    var occupants: [String: Occupant] = [:]
    /// The topic; nil if none is set.
    var topic: Topic?
    /// The properties of the room; nil until the network has told them.
    var properties: RoomProperties?
    /// The occupant ids. Exclusive access is not checked, because every message reads one. This is safe, because no
    /// method of `OccupantIDs` calls other code.
    @exclusivity(unchecked) var occupantIDs: OccupantIDs
    /// Whether the user's rank is high enough to be shown the addresses of other occupants (XEP-0045 §4.2, "semi-
    /// anonymous").
    private(set) var showsAddresses = false
    /// Whether members have not been shown the addresses that the user may see now.
    var owesAddresses = false
    /// The occupants that the user is banning, by nick, with the number of the query that bans and kicks them.
    var pendingBans: [String: Int] = [:]
    /// Whether the members wait for the properties of the room, which decide their roles, before they are shown the
    /// occupants.
    var awaitsProperties = false
    /// Whether the user's entry has created the room, and no member has been told (XEP-0045 §10.1.1).
    var isNew = false
    /// Exclusive access to the members and the missed messages is not checked, because every message uses them, and no
    /// change of them calls code that could use them.
    @exclusivity(unchecked) var members: [Member] = []
    /// Messages that some or all members may not have, oldest first.
    @exclusivity(unchecked) private(set) var missed: [RoomMessage] = []
    /// The number of the last message in `missed`. Numbers count from the first message that was ever kept.
    private(set) var missedCount = 0
    /// The members that are being shown the occupants, one after the other and in slices.
    var welcomes: [Welcome] = []
    /// Events and reflections that came after the first of the welcomes began. They are shown when all welcomes are
    /// over.
    var backlog: Deque<Deferred> = []
    /// Whether an event of the backlog is being handled right now.
    var isTellingBacklog = false
    /// The changes that members may not have seen; nil if every member has been shown everything.
    var unseen: UnseenChanges?
    /// The changes that were shown to the members, and that no fence has confirmed. There are at most two of them: from
    /// before and after the fence that is under way.
    var unconfirmed: [UnconfirmedChanges] = []
    /// The members that are being shown these changes, in slices.
    var catchUps: [CatchUp] = []
    /// The number of `Rooms.gracePeriodTimer`s of the room that have not ended. Only the last one may end the room.
    var gracePeriods = 0
    /// The latest break of the link to the network; nil if there has been none.
    var lastBreak: Break? {
        get { rareBreak.value }
        set { rareBreak.value = newValue }
    }
    private var rareBreak = Rare<Break>()
    /// The occupants that the network has reported, while the room takes them over and shows the members the changes.
    var refresh: Refresh?
    /// The occupants that the members must be shown again, because all of them may look different now.
    var reshowing: Reshowing? {
        get { rareReshowing.value }
        set { rareReshowing.value = newValue }
    }
    private var rareReshowing = Rare<Reshowing>()

    /// - Parameter key: makes the occupant ids.
    init(_ user: UserID, address: RoomAddress, nick: String, key: OccupantKey) {
        self.user = user
        self.address = address
        self.nick = nick
        occupantIDs = OccupantIDs(key)
    }

    /// Computes `showsAddresses`. Call it when the user's nick or rank may have changed.
    func updateShowsAddresses() {
        let before = showsAddresses
        showsAddresses = ownRank >= .assistant
        owesAddresses = showsAddresses && (owesAddresses || !before)
    }

    /// The length of a backlog at which the core stops reading from the network.
    static let longestBacklog = 1_000

    /// Whether members are being shown the occupants, all of them or those that have changed.
    var isShowingOccupants: Bool { !welcomes.isEmpty || refresh != nil || awaitsProperties }
    /// Whether occupants are being shown, or the backlog is not empty.
    var isShowing: Bool { isShowingOccupants || !backlog.isEmpty }
    /// Whether a new event must wait in the backlog.
    var defers: Bool { isShowingOccupants || (!backlog.isEmpty && !isTellingBacklog) }

    /// Whether every member has been shown the changes that came while the stream was closed.
    var isCaughtUp: Bool { catchUps.isEmpty && !members.contains(where: \.isBehind) }

    /// The member with this full JID; nil if the resource neither is in the room nor waits to enter it.
    func member(_ jid: JID) -> Member? { members.first { $0.jid == jid } }

    /// Whether the resource with this full JID is in the room.
    func isInside(_ jid: JID) -> Bool {
        // Every message asks this. Members are looked at in place: a copy of one would cost more than the search.
        let members = members
        let places = members.span
        for index in places.indices where places[index].jid == jid { return places[index].isInside }
        return false
    }

    /// Keeps a message for members that may not have it. Drops the oldest one if there are too many. Returns whether it
    /// has dropped one.
    @discardableResult
    func miss(_ message: RoomMessage, atMost limit: Int) -> Bool {
        guard !missed.contains(where: { $0.id == message.id }) else { return false }
        let isFull = missed.count >= limit
        if isFull { missed.removeFirst() }
        missed.append(message)
        missedCount += 1
        return isFull
    }

    /// Keeps a message for members that may not have it. It has just been sent to the members inside, except for those
    /// that wait for older messages (`owes`).
    func missSent(_ message: RoomMessage, atMost limit: Int) {
        let upToDate = members.indices.filter { members[$0].isInside && !owes(members[$0]) }
        miss(message, atMost: limit)
        for index in upToDate { members[index].shownMissed = missedCount }
    }

    /// Removes all missed messages. Call it when every member has been sent them.
    func forgetMissed() { missed = [] }

    /// Whether a member has not been sent all missed messages.
    func owes(_ member: Member) -> Bool { !missed.isEmpty && member.shownMissed < missedCount }

    /// Whether a member inside has not been sent all missed messages.
    var owesMembers: Bool { !missed.isEmpty && members.contains { $0.isInside && owes($0) } }

    /// Removes all members.
    func removeAllMembers() {
        members = []
        welcomes = []
        catchUps = []
        unseen = nil
        unconfirmed = []
    }

    /// Removes a member and the member's unfinished welcome.
    func remove(_ jid: JID) {
        members.removeAll { $0.jid == jid }
        welcomes.removeAll { $0.jid == jid }
        catchUps.removeAll { $0.jid == jid }
        if members.isEmpty {
            unseen = nil
            unconfirmed = []
        }
    }

    /// Removes the first welcome, which is over. An empty list keeps no memory, because thousands of rooms have one.
    func removeFirstWelcome() {
        welcomes.removeFirst()
        if welcomes.isEmpty { welcomes = [] }
    }

    /// Changes a member. Does nothing if the resource is no member.
    func update(_ jid: JID, _ change: (inout Member) -> Void) {
        guard let index = members.firstIndex(where: { $0.jid == jid }) else { return }
        change(&members[index])
    }
}

/// The progress of showing the occupants to one member. The occupants do not change meanwhile, so the index stays
/// valid.
struct Welcome {
    let jid: JID
    /// The occupant to show next.
    var next: Dictionary<String, Occupant>.Index
}

/// An entry of a room's backlog: it waits until all welcomes of the room are over.
enum Deferred {
    case event(Event)
    /// A message of the user that the network has accepted, with the id that the network has given to it.
    case reflection(Message, MessageID?)
    /// The payload of an accepted message of the user that is no text, such as a reaction, with the id of its stanza.
    case ownAction([Element], id: String?)
}
