import DequeModule
import GatewayKit
import XMPP

/// The rooms of one user.
final class RoomsOfUser {
    var rooms: [RoomAddress: Room] = [:] { didSet { last = nil } }
    /// The room of the last look-up, because messages of one room often come one after another.
    ///
    /// Exclusive access is not checked, because every message of a room reads it. This is safe, because it is read and
    /// set as a whole.
    @exclusivity(unchecked) private var last: Room?
    /// Whether any of the rooms may have an unfinished welcome or a backlog. Checked first, because this is rarely so.
    var isWelcoming = false
    /// The rooms whose leave request has no outcome yet. Until the outcome comes, events of the room belong to the
    /// visit that ends. If a client has asked to enter again meanwhile, the value is the join request; otherwise it is
    /// nil.
    var leaving: [RoomAddress: Request.Action?] = [:]

    /// The nick that a client asks for on entering a room.
    struct EntryNick: Codable, Sendable {
        let name: String
        /// The nick that the user had, which counts again if the network refuses this one.
        var before: String?
    }

    /// The requests to enter rooms that wait until the network has accepted or refused the user's nick. If they did not
    /// wait and the nick was taken, others would see the user enter the room and leave it.
    var entries: [RoomAddress: (request: Request.Action, nick: EntryNick)] = [:]

    /// The nicks for which clients have asked networks, and that have no outcome yet.
    var askedNicks: [NetworkID: String] = [:]

    /// The rooms that have lately refused to let the user in.
    var refusals = EntryRefusals()

    /// The time at which the user has unregistered; nil if the user has not, or has registered again.
    var unregisteredAt: Timestamp?

    /// Presences that could not be sent while the stream was closed. Each ends the stay or the entry of a member.
    var farewells: Deque<Farewell> = []
    /// Farewells that were sent, with the number of the fence before each, oldest first. No fence has confirmed them.
    var unconfirmedFarewells: [(batch: Int, farewell: Farewell)] = []

    /// A room of the user; nil if the user neither is in the room nor enters it.
    func room(_ address: RoomAddress) -> Room? {
        if let last, last.address == address { return last }
        last = rooms[address]
        return last
    }

    /// Removes the farewells of a room to a resource.
    func forgetFarewells(to jid: JID, from room: RoomAddress) {
        guard !farewells.isEmpty || !unconfirmedFarewells.isEmpty else { return }
        let isMeant = { (farewell: Farewell) in farewell.room == room && farewell.presence.head.to == jid }
        farewells.removeAll(where: isMeant)
        unconfirmedFarewells.removeAll { isMeant($0.farewell) }
    }

    /// Whether the user has no rooms, and nothing waits for the user's rooms.
    var isEmpty: Bool { rooms.isEmpty && leaving.isEmpty && farewells.isEmpty && unconfirmedFarewells.isEmpty }

    /// Whether the leave request for a room has no outcome yet.
    func isLeaving(_ room: RoomAddress) -> Bool { !leaving.isEmpty && leaving[room] != nil }
}
