import GatewayKit
import XMPP

/// A room as one user sees it: occupants, and which of the user's resources are in it.
struct Room {
    enum Phase: Equatable {
        /// Asked to enter; not in yet.
        case entering
        case inside
        /// The network is away; the adapter enters again by itself.
        case lost
    }

    /// One of the user's resources. `room` is the address it used, which may be an alias.
    struct Member {
        let jid: JID
        let room: JID
        /// The nick asked for.
        var wanted: String
        /// Has been told that it is in.
        var isInside = false
        /// Has asked to enter and not been answered.
        var isWaiting = true
    }

    let address: RoomAddress
    var phase: Phase = .entering
    /// Our name there.
    var nick: String
    var occupants: [String: Occupant] = [:]
    var topic: Topic?
    var members: [Member] = []
    /// Said while the home server was away, oldest first.
    var missed: [MissedMessage] = []

    init(address: RoomAddress, nick: String) {
        self.address = address
        self.nick = nick
    }

    func member(_ jid: JID) -> Member? { members.first { $0.jid == jid } }

    /// Keeps what could not be sent; the oldest goes when there are too many.
    mutating func miss(_ message: MissedMessage, atMost limit: Int) {
        if missed.count >= limit { missed.removeFirst() }
        missed.append(message)
    }

    mutating func remove(_ jid: JID) { members.removeAll { $0.jid == jid } }
}

/// A room message that could not be sent to the user's resources when it was said.
struct MissedMessage {
    let nick: String?
    let body: String
    let id: String
    let at: Timestamp
}
