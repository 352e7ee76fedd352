/// What can be changed about a room. `accepted` comes after the event that shows the change, where there is one.
package enum RoomChange: Sendable, Equatable, Codable {
    /// An empty topic clears it.
    case topic(String)
    case kick(nick: String, reason: String?)
    /// Puts an entry on one of the room's lists.
    case add(ListEntry, to: RoomList)
    /// Takes the entry with this pattern off the list.
    case remove(pattern: String, from: RoomList)
    case rank(nick: String, Rank)
    /// New values of settings, by their names in the answer to `Question.settings`. All of them, or none.
    case settings([String: SettingValue])
    /// Asks a peer to enter the room.
    case invitation(PeerAddress, reason: String?)

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

/// A list that a room keeps of patterns.
package enum RoomList: String, Sendable, Equatable, Codable, CaseIterable {
    /// May not enter.
    case bans
    /// May enter although a ban fits.
    case banExceptions
    /// May enter without an invitation.
    case inviteExceptions
    /// May not speak.
    case quiets

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
    /// Who is meant, in the network's own form (a nick, a mask, an account).
    package let pattern: String
    package let reason: String?
    /// Who has set it, as a nick or in the network's own form; nil if unknown, and in requests.
    package let author: String?
    package let setAt: Timestamp?

    package init(_ pattern: String, reason: String? = nil, author: String? = nil, setAt: Timestamp? = nil) {
        self.pattern = pattern
        self.reason = reason
        self.author = author
        self.setAt = setAt
    }
}
