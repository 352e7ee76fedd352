import GatewayKit

/// Follows the occupants of rooms by the events alone, as the core does, and reports each event that contradicts the
/// events before it.
package struct RoomOrder {
    private struct Room {
        var own: String
        var nicks: Set<String>

        mutating func rename(_ from: String, to: String) -> String? {
            guard nicks.remove(from) != nil else { return "\(from) was renamed, but was not there" }
            if own == from { own = to }
            return nicks.insert(to).inserted ? nil : "\(from) was renamed to \(to), who is there already"
        }
    }

    private var rooms: [RoomAddress: Room] = [:]

    package init() {}

    /// Whether the account is in the room.
    package func isInside(_ room: RoomAddress) -> Bool { rooms[room] != nil }

    /// Takes in an event. Returns the contradiction; nil if there is none.
    package mutating func received(_ event: Event) -> String? {
        switch event {
        case .room(let address, let event): return happened(event, in: address)
        case .message(let message): return heard(message)
        default: return nil
        }
    }

    private mutating func happened(_ event: RoomEvent, in address: RoomAddress) -> String? {
        switch event {
        case .joined(let joined): return entered(address, joined)
        case .left:
            return rooms.removeValue(forKey: address) == nil ? "left \(address.name) without having joined it" : nil
        case .occupantJoined(let occupant):
            return change(address) {
                $0.nicks.insert(occupant.nick).inserted ? nil : "\(occupant.nick) is there already"
            }
        case .occupantLeft(let nick, _):
            return change(address) { room in
                if nick == room.own { return "the account's own departure must be `left`, not `occupantLeft`" }
                return room.nicks.remove(nick) == nil ? "\(nick) left, but was not there" : nil
            }
        case .occupantRenamed(let from, let to):
            return change(address) { $0.rename(from, to: to.nick) }
        case .occupantChanged(let occupant):
            return change(address) {
                $0.nicks.contains(occupant.nick) ? nil : "\(occupant.nick) changed, but is not there"
            }
        case .topicChanged, .propertiesChanged:
            return change(address) { _ in nil }
        case .invited: return nil
        }
    }

    private mutating func entered(_ address: RoomAddress, _ joined: JoinedRoom) -> String? {
        let nicks = Set(joined.occupants.map(\.nick))
        rooms[address] = Room(own: joined.nick, nicks: nicks)
        if nicks.count != joined.occupants.count { return "\(address.name): an occupant is listed twice" }
        return nicks.contains(joined.nick) ? nil : "\(address.name): the account is not among the occupants"
    }

    private mutating func change(_ address: RoomAddress, _ body: (inout Room) -> String?) -> String? {
        guard rooms[address] != nil, var room = rooms[address] else {
            return "\(address.name): an event of a room that the account is not in"
        }
        let problem = body(&room)
        rooms[address] = room
        return problem.map { "\(address.name): \($0)" }
    }

    private func heard(_ message: InboundMessage) -> String? {
        guard case .room(let address, let nick) = message.origin else { return nil }
        guard let room = rooms[address] else {
            return "\(address.name): a message from a room that the account is not in"
        }
        return nick == room.own && !message.isOwn
            ? "\(address.name): the account's own message came back; `accepted` must report it instead" : nil
    }
}
