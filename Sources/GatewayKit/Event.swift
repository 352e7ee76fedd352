/// What a network reports to the core, on the gateway's event loop, in the order in which it happened.
package enum Event: Sendable, Equatable {
    /// The far side has it (echoed, answered a fence, taken by the provider). For a message, `as` names it there.
    case accepted(RequestID, as: MessageID?)
    /// The peer's device has it.
    case delivered(RequestID)
    case failed(RequestID, Failure)

    /// Never the account's own words: `accepted` stands for them.
    case message(InboundMessage)

    /// Our own entry into a room is complete: all occupants and the topic are known.
    case joined(RoomAddress, JoinedRoom)
    /// We are out of a room that we were in. After `disconnected`, a session that retries enters again by itself and
    /// says `joined`, or `left` once more if it is not let in.
    case left(RoomAddress, Departure)
    case occupantJoined(RoomAddress, Occupant)
    case occupantLeft(RoomAddress, nick: String, Departure)
    case occupantRenamed(RoomAddress, from: String, to: Occupant)
    /// Rank or address changed; the nick is the same.
    case occupantChanged(RoomAddress, Occupant)
    case topicChanged(RoomAddress, Topic)

    /// Words from the network itself (welcome text, refusals that belong to no request). For the user's eyes.
    case notice(NetworkID, String)
    case state(SessionState)
}

/// A message from the foreign network.
package struct InboundMessage: Sendable, Equatable {
    package enum Form: Sendable, Equatable {
        case text
        case action
        /// Sent by a program or meant not to be answered by one.
        case notice
    }

    package enum Origin: Sendable, Equatable {
        case peer(PeerAddress)
        /// Said in a room by an occupant's nick; nil if the room or the network itself speaks.
        case room(RoomAddress, nick: String?)
    }

    package let origin: Origin
    /// The peer's name as people see it (nick with its capitals, number).
    package let displayName: String?
    package let text: String
    package let form: Form
    /// The network's name for it, if it has one: the key by which repeats are recognised.
    package let id: MessageID?
    /// When it was said, if that is not now.
    package let sentAt: Timestamp?

    package init(
        from origin: Origin, displayName: String? = nil, text: String, form: Form = .text, id: MessageID? = nil,
        sentAt: Timestamp? = nil
    ) {
        self.origin = origin
        self.displayName = displayName
        self.text = text
        self.form = form
        self.id = id
        self.sentAt = sentAt
    }
}

/// What an occupant may do in a room, lowest first.
package enum Rank: Int, Sendable, Comparable {
    case none, voiced, assistant, `operator`, owner

    package static func < (a: Rank, b: Rank) -> Bool { a.rawValue < b.rawValue }
}

/// Someone in a room. `nick` is as shown; two nicks of one room that fold alike are one occupant, and the adapter
/// always uses the spelling it reported last.
package struct Occupant: Sendable, Equatable {
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
package struct JoinedRoom: Sendable, Equatable {
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

package struct Topic: Sendable, Equatable {
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
package enum Departure: Sendable, Equatable {
    case left(reason: String?)
    /// Off the network altogether.
    case quit(reason: String?)
    case kicked(by: String?, reason: String?)
    /// Ours only: the connection to the network is gone.
    case disconnected(reason: String)
}

/// The link between one account and its network.
package enum SessionState: Sendable, Equatable {
    /// Words for the user: what is being tried.
    case connecting(String)
    case online(nick: String)
    /// Not connected. `retrying` says whether the session tries again by itself; if not, it is over and the core
    /// drops it.
    case offline(Failure, retrying: Bool)
}
