import GatewayKit
import XMPP

/// The changes of a room that came while the stream to the home server was closed. It keeps only the difference to the
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
}

/// A member that is being shown the unseen changes, with the nicks that are left.
struct CatchUp {
    let jid: JID
    var rest: ArraySlice<String>
}

/// A presence that ends the stay or the entry of a member in a room. It waits until the stream is open.
struct Farewell {
    let room: RoomAddress
    let presence: Presence
}
