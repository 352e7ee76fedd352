import GatewayKit
import XMPP

/// The changes of a room that its members have not seen, or may not have seen: those that came while the stream to the
/// home server was closed, and those that no fence had confirmed when it broke. It keeps only the difference to the
/// state that the members saw: an occupant who came and left meanwhile is no change.
struct UnseenChanges {
    /// The maximum of changed nicks. With more of them, the members are told that they are out of the room.
    static let most = 1_000

    /// The occupants as the members saw them, for each changed nick. The value is nil for a nick without an occupant.
    private(set) var before: [String: Occupant?] = [:]
    /// The user's nick as the members saw it; nil if it has not changed.
    private(set) var ownNick: String?
    var isTopicChanged = false
    /// Whether the role of each occupant without a rank has changed.
    var areRolesChanged = false
    /// Whether more nicks than `most` have changed. Then `before` is empty.
    private(set) var isTooMuch = false
    /// Whether some members may have been shown some of the changes. Then a change back to the old state is a change,
    /// too.
    var isShown = false

    /// Adds a change of the occupant of a nick.
    mutating func add(_ nick: String, from old: Occupant?, to new: Occupant?) {
        guard !isTooMuch else { return }
        guard let seen = before[nick] else {
            if old == new { return }
            before[nick] = .some(old)
            guard before.count > Self.most else { return }
            before = [:]
            isTooMuch = true
            return
        }
        if seen == new, !isShown { before[nick] = nil }
    }

    /// Adds a change of the user's nick.
    ///
    /// - Parameter nick: the nick before the change.
    mutating func addOwnNick(_ nick: String) { ownNick = ownNick ?? nick }

    /// Adds changes that came after these.
    mutating func add(_ later: UnseenChanges) {
        isShown = isShown || later.isShown
        ownNick = ownNick ?? later.ownNick
        isTopicChanged = isTopicChanged || later.isTopicChanged
        areRolesChanged = areRolesChanged || later.areRolesChanged
        before.merge(later.before) { first, _ in first }
        if before.count > Self.most || later.isTooMuch { isTooMuch = true }
        if isTooMuch { before = [:] }
    }
}

/// Changes of a room that were shown to its members after the same fence.
struct UnconfirmedChanges {
    /// The number of that fence (`HomeOutbox.batch`).
    let batch: Int
    var changes = UnseenChanges(isShown: true)
}

/// A member that is being shown the unseen changes, with the nicks that are left.
struct CatchUp {
    let jid: JID
    var rest: ArraySlice<String>
    /// Whether the end of the member's entry may be lost. Then it is shown all occupants, and the end once more.
    let isEntry: Bool
}

/// The note of stanzas whose loss would leave a member with a wrong picture of a room (`HomeStream.fence`).
enum UnconfirmedNote: Note {
    /// Changes that were shown to the members after this fence.
    case changes(UserID, RoomAddress, batch: Int)
    /// The end of a member's entry.
    case entry(UserID, RoomAddress, JID)
    /// The user's farewells that were sent after this fence.
    case farewells(UserID, batch: Int)
}

/// Occupants who are being shown to the members once more, in slices.
struct Reshowing {
    enum Scope { case withoutRank, all }
    /// The occupants to show after `rest`; nil for none.
    var wanted: Scope?
    /// The occupants to whom `rest` belongs; nil before the first slice.
    var scope: Scope?
    /// The nicks that are left.
    var rest: ArraySlice<String>
}

/// A presence that ends the stay or the entry of a member in a room. It waits until the stream is open, and is kept
/// until a fence confirms it.
struct Farewell {
    let room: RoomAddress
    let presence: Presence
}
