/// What happens in a room. All but `joined` only while we are in.
package enum RoomEvent: Sendable, Equatable, Codable {
    /// Our own entry is complete: all occupants and the topic are known.
    case joined(JoinedRoom)
    /// We are out of a room that we were in. After `disconnected`, a session that retries enters again by itself and
    /// says `joined`, or `left` once more if it is not let in.
    case left(Departure)
    case occupantJoined(Occupant)
    case occupantLeft(nick: String, Departure)
    case occupantRenamed(from: String, to: Occupant)
    /// Rank or address changed; the nick is the same.
    case occupantChanged(Occupant)
    case topicChanged(Topic)
}

/// What an occupant may do in a room, lowest first.
package enum Rank: Int, Sendable, Comparable, Codable {
    case none, voiced, assistant, `operator`, owner

    package static func < (a: Rank, b: Rank) -> Bool { a.rawValue < b.rawValue }
}

/// Someone in a room. `nick` is as shown; two nicks of one room that fold alike are one occupant, and the adapter
/// always uses the spelling it reported last.
package struct Occupant: Sendable, Equatable, Codable {
    package let nick: String
    package let rank: Rank
    package let address: PeerAddress

    package init(nick: String, rank: Rank, address: PeerAddress) {
        self.nick = nick
        self.rank = rank
        self.address = address
    }
}

/// A room at the moment of our entry.
package struct JoinedRoom: Sendable, Equatable, Codable {
    /// Our own name there.
    package let nick: String
    /// Everyone, ourselves among them.
    package let occupants: [Occupant]
    /// Nil if none is set.
    package let topic: Topic?

    package init(nick: String, occupants: [Occupant], topic: Topic?) {
        self.nick = nick
        self.occupants = occupants
        self.topic = topic
    }
}

/// What a room is about.
package struct Topic: Sendable, Equatable, Codable {
    package let text: String
    /// Who set it, as a nick, if known.
    package let author: String?
    package let setAt: Timestamp?

    package init(text: String, author: String? = nil, setAt: Timestamp? = nil) {
        self.text = text
        self.author = author
        self.setAt = setAt
    }
}

/// How someone came to be out of a room.
package enum Departure: Sendable, Equatable, Codable {
    case left(reason: String?)
    /// Off the network altogether.
    case quit(reason: String?)
    case kicked(by: String?, reason: String?)
    /// Ours only: the connection to the network is gone.
    case disconnected(reason: String)
}
