import DequeModule
import GatewayKit
import XMPP

/// A room as one user sees it: occupants, and which of the user's resources are in it. Owned by `Rooms`; an
/// object, because a room of fifty thousand must never be copied.
final class Room {
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
        /// The id of the presence that asked to enter: an error answers it (RFC 6120 §8.1.3).
        var presenceID: String?
        /// Has been told that it is in.
        var isInside = false
        /// Has asked to enter and not been answered.
        var isWaiting = true
        /// The home server was away and may have lost it; it has not answered yet whether it is there.
        var isDoubtful = false
        /// It has been asked whether it is there.
        var isAsked = false
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
    /// Resources that are being shown the occupants, a slice at a time; the first in line is the one at work.
    var welcomes: [Welcome] = []
    /// What has happened since the first of the welcomes began: told when they are over.
    var backlog: Deque<Deferred> = []
    var isTellingBacklog = false
    /// Timers of desertion that have not ended; the last one counts.
    var desertions = 0

    init(address: RoomAddress, nick: String) {
        self.address = address
        self.nick = nick
    }

    /// Events that may wait for a welcome to end before the network has to wait, too.
    static let longestBacklog = 1_000

    /// Whether somebody is being welcomed, or something that happened meanwhile is still to be told.
    var isShowing: Bool { !welcomes.isEmpty || !backlog.isEmpty }
    /// Whether what happens now has to wait.
    var defers: Bool { !welcomes.isEmpty || (!backlog.isEmpty && !isTellingBacklog) }

    func member(_ jid: JID) -> Member? { members.first { $0.jid == jid } }

    /// Keeps what could not be sent; the oldest goes when there are too many.
    func miss(_ message: MissedMessage, atMost limit: Int) {
        guard !missed.contains(where: { $0.id == message.id }) else { return }
        if missed.count >= limit { missed.removeFirst() }
        missed.append(message)
    }

    func remove(_ jid: JID) {
        members.removeAll { $0.jid == jid }
        welcomes.removeAll { $0.jid == jid }
    }

    /// Changes one of the members; nothing if it has left.
    func update(_ jid: JID, _ change: (inout Member) -> Void) {
        guard let index = members.firstIndex(where: { $0.jid == jid }) else { return }
        change(&members[index])
    }
}

/// How far one resource has been shown the occupants. They do not change meanwhile.
struct Welcome {
    let jid: JID
    var next: Dictionary<String, Occupant>.Index
}

/// What waits until everybody has been welcomed.
enum Deferred {
    case event(Event)
    case reflection(Message, MessageID?)
}
