/// What can be asked of a network. A question that succeeds ends in `Event.answer` with the case of the same name.
package enum Question: Sendable, Equatable, Codable {
    /// The rooms of the network, a page at a time. `matching`: words of the user to look for; nil for all.
    case rooms(matching: String?, PageRequest)
    /// Who is in a room, for somebody who is not.
    case members(RoomAddress)
    case list(RoomAddress, RoomList)
    case settings(RoomAddress)
    /// Who is this?
    case profile(PeerAddress)
    /// What was said in a conversation.
    case history(Address, HistoryRange, limit: Int)
    /// A command in the network's own words, for those who know it. Answered with what the network says to it.
    case raw(String)

    package var ability: Ability {
        switch self {
        case .rooms: .roomSearch
        case .members: .members
        case .list(_, let list): list.ability
        case .settings: .settings
        case .profile: .profile
        case .history: .history
        case .raw: .raw
        }
    }

    /// Whom the question is about; nil for the network as a whole.
    package var address: Address? {
        switch self {
        case .rooms, .raw: nil
        case .members(let room), .list(let room, _), .settings(let room): .room(room)
        case .profile(let peer): .peer(peer)
        case .history(let address, _, limit: _): address
        }
    }
}

/// Which part of a long answer is wanted.
package struct PageRequest: Sendable, Equatable, Codable {
    /// `Page.next` of the page before; nil for the first.
    package let after: String?
    /// Items of one page at most; at least 1.
    package let limit: Int

    package init(after: String? = nil, limit: Int) {
        self.after = after
        self.limit = limit
    }
}

/// Which part of a conversation's past is wanted: the messages after one point and before another, the newest of them
/// if there are more than the limit; if only `after` is given, the oldest.
package struct HistoryRange: Sendable, Equatable, Codable {
    package enum Point: Sendable, Equatable, Codable {
        case message(MessageID)
        case time(Timestamp)
    }

    package let after: Point?
    package let before: Point?

    package init(after: Point? = nil, before: Point? = nil) {
        self.after = after
        self.before = before
    }
}
