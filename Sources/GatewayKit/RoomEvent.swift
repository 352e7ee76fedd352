/// An event in a room. A session emits every case except `joined` and `invited` only while the account is in the room.
package enum RoomEvent: Sendable, Equatable, Codable {
    /// The account has entered the room. The session knows all occupants and the topic.
    case joined(JoinedRoom)
    /// The account is out of a room that it was in. After `Departure.disconnected`, a session that retries enters the
    /// room again by itself. It then emits `joined`, or `left` again if it cannot enter. Meanwhile the core keeps the
    /// user's clients in the room for a while, and a request to enter makes the session try at once.
    case left(Departure)
    case occupantJoined(Occupant)
    case occupantLeft(nick: String, Departure)
    case occupantRenamed(from: String, to: Occupant)
    /// The occupant's rank, address or details have changed. The nick is the same.
    case occupantChanged(Occupant)
    case topicChanged(Topic)
    /// Somebody asks the account to enter the room.
    case invited(Invitation)
    /// The room has these properties from now on. A session emits it when it has learned the properties, and again when
    /// they change. Until then they are unknown.
    case propertiesChanged(RoomProperties)
}

/// What an occupant may do in a room, lowest first.
package enum Rank: Int, Sendable, Comparable, Codable {
    case none, voiced, assistant, `operator`, owner

    package static func < (a: Rank, b: Rank) -> Bool { a.rawValue < b.rawValue }
}

/// A person in a room.
package struct Occupant: Sendable, Equatable, Codable {
    /// The nick as people see it. If the network takes two spellings for one nick, they are one occupant. The adapter
    /// always uses the spelling that it reported last.
    package let nick: String
    package let rank: Rank
    /// Whether the occupant counts as the founder of the room, whom no other owner can put out.
    package let isFounder: Bool
    package let address: PeerAddress
    /// Further facts; nil until the network has told some.
    package let details: OccupantDetails?

    package init(
        nick: String, rank: Rank, isFounder: Bool = false, address: PeerAddress, details: OccupantDetails? = nil
    ) {
        self.nick = nick
        self.rank = rank
        self.isFounder = isFounder
        self.address = address
        self.details = details
    }
}

/// The state of a room when the account enters it.
package struct JoinedRoom: Sendable, Equatable, Codable {
    /// The account's nick in the room.
    package let nick: String
    /// All occupants, including the account itself.
    package let occupants: [Occupant]
    /// The topic; nil if none is set.
    package let topic: Topic?
    /// Whether the session will report the properties of the room in a moment (`RoomEvent.propertiesChanged`).
    package let propertiesFollow: Bool

    package init(nick: String, occupants: [Occupant], topic: Topic?, propertiesFollow: Bool = false) {
        self.nick = nick
        self.occupants = occupants
        self.topic = topic
        self.propertiesFollow = propertiesFollow
    }
}

/// The topic of a room.
package struct Topic: Sendable, Equatable, Codable {
    package let text: String
    /// The nick of the person who set the topic; nil if unknown.
    package let author: String?
    /// The time at which the topic was set; nil if unknown.
    package let setAt: Timestamp?

    package init(text: String, author: String? = nil, setAt: Timestamp? = nil) {
        self.text = text
        self.author = author
        self.setAt = setAt
    }
}

/// The way in which an occupant left a room.
package enum Departure: Sendable, Equatable, Codable {
    case left(reason: String?)
    /// The occupant has left the network.
    case quit(reason: String?)
    /// The network has lost its connection to the part of it that the occupant is on.
    case cutOff(reason: String?)
    case kicked(by: String?, reason: String?)
    /// The occupant was banned, and kicked because of that.
    case banned(by: String?, reason: String?)
    /// The session has lost its connection to the network. Only `RoomEvent.left` carries this case.
    case disconnected(reason: String)
}
