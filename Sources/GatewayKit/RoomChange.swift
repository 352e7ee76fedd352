/// A change to a room. `Outcome.accepted` comes after the event that shows the change, where there is such an event.
package enum RoomChange: Sendable, Equatable, Codable {
    /// Sets the topic. An empty text clears it.
    case topic(String)
    case kick(nick: String, reason: String?)
    /// Puts an entry on one of the room's lists. A pattern that is a nick stands for the person with this nick.
    case add(ListEntry, to: RoomList)
    /// Removes the entry with this pattern from one of the room's lists.
    case remove(pattern: String, from: RoomList)
    case rank(nick: String, Rank)
    /// Sets settings, by their names in the answer to `Question.settings`. Either all of these change, or none. The
    /// text `1` or `0` may stand for a flag.
    case settings([String: SettingValue])
    /// Asks a peer to enter the room.
    case invitation(PeerAddress, reason: String?)

    /// The ability that `Capabilities` grade for this change.
    package var ability: Ability {
        switch self {
        case .topic: .topic
        case .kick: .kick
        case .add(_, to: let list), .remove(pattern: _, from: let list): list.ability
        case .rank: .rank
        case .settings: .settings
        case .invitation: .invitation
        }
    }
}

/// One of the lists of patterns that a room keeps. A pattern matches people.
package enum RoomList: String, Sendable, Equatable, Codable, CaseIterable {
    /// Matching people may not enter.
    case bans
    /// Matching people may enter although a ban matches them.
    case banExceptions
    /// Matching people may enter without an invitation.
    case inviteExceptions
    /// Matching people may not speak.
    case quiets

    /// The ability that `Capabilities` grade for reading and changing this list.
    package var ability: Ability {
        switch self {
        case .bans: .bans
        case .banExceptions: .banExceptions
        case .inviteExceptions: .inviteExceptions
        case .quiets: .quiets
        }
    }
}

/// One line of a room's list.
package struct ListEntry: Sendable, Equatable, Codable {
    /// The pattern in the network's own form: a nick, a mask or an account.
    package let pattern: String
    package let reason: String?
    /// The person who set the entry, as a nick or in the network's own form. Nil if unknown, and in requests.
    package let author: String?
    /// The time at which the entry was set. Nil if unknown, and in requests.
    package let setAt: Timestamp?

    package init(_ pattern: String, reason: String? = nil, author: String? = nil, setAt: Timestamp? = nil) {
        self.pattern = pattern
        self.reason = reason
        self.author = author
        self.setAt = setAt
    }
}
