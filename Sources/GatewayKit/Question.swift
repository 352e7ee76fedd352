/// A question to a network. A question that succeeds ends in `Event.answer` with the case of the same name.
package enum Question: Sendable, Equatable, Codable {
    /// Asks for the rooms of the network, one page at a time.
    case rooms(RoomSearch, PageRequest)
    /// Asks for the occupants of a room that the account is not in.
    case members(RoomAddress)
    case list(RoomAddress, RoomList)
    case settings(RoomAddress)
    /// Asks for the facts that the network tells about a person.
    case profile(PeerAddress)
    /// Asks a person's program for its name and version.
    case software(PeerAddress)
    /// Asks a person's program for a sign of life. The answer shows that a message can reach the person now.
    case echo(PeerAddress)
    /// Asks a person's program for the time where the person is.
    case time(PeerAddress)
    /// Asks for past messages of a conversation.
    case history(Address, HistoryRange, limit: Int)
    /// Sends a command in the network's own protocol. The answer is the network's reply.
    case raw(String)
    /// Asks the session to carry out a command that the user has typed into a conversation, such as `topic Tea`. The
    /// text comes without the slash before it. The session never sends the text to the conversation: it carries out the
    /// command, or the question fails. The answer is for the user alone.
    case command(String, at: Address)

    /// The ability that `Capabilities` grade for this question.
    package var ability: Ability {
        switch self {
        case .rooms: .roomSearch
        case .members: .members
        case .list(_, let list): list.ability
        case .settings: .settings
        case .profile: .profile
        case .software: .software
        case .echo: .echo
        case .time: .time
        case .history: .history
        case .raw: .raw
        case .command: .command
        }
    }

    /// The address that the question is about; nil for the network as a whole.
    package var address: Address? {
        switch self {
        case .rooms, .raw: nil
        case .members(let room), .list(let room, _), .settings(let room): .room(room)
        case .profile(let peer), .software(let peer), .echo(let peer), .time(let peer):
            .peer(peer)
        case .history(let address, _, limit: _), .command(_, at: let address): address
        }
    }
}

/// Names the part of a conversation's past that the core asks for: the messages after one point and before another. If
/// there are more messages than the limit, the answer has the newest of them; if only `after` is given, the oldest.
package struct HistoryRange: Sendable, Equatable, Codable {
    /// A point in the conversation. The message at the point is not part of the answer.
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
