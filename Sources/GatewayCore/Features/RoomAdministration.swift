import GatewayKit
import XMPP

/// Kicks and lists (XEP-0045 §8.2, §9.5, §9.8, §10): what the network's own ranks allow.
enum RoomAdministration {
    static let routes = [
        QueryRoute(.get, "query", MUCAdmin.namespace, targets: .room, isAdvertised: false, answer: list),
        QueryRoute(.set, "query", MUCAdmin.namespace, targets: .room, isAdvertised: false, answer: change),
        QueryRoute(.get, "query", MUCOwner.namespace, targets: .room, isAdvertised: false, answer: configure),
        QueryRoute(.set, "query", MUCOwner.namespace, targets: .room, isAdvertised: false, answer: configure),
    ]

    private static func room(_ core: Switchboard, _ query: Query) throws(StanzaError) -> (Session, Room) {
        guard case .room(let address) = query.target, let session = core.existingSession(of: query.from),
            let room = session.rooms[address], room.member(query.from)?.isInside == true
        else { throw StanzaError(.modify, .notAcceptable, "You are not in this room. Join it first.") }
        return (session, room)
    }

    private static func list(_ core: Switchboard, _ query: Query) throws(StanzaError) -> QueryOutcome {
        let (_, room) = try room(core, query)
        guard let wanted = (try? MUCAdmin(query.payload))?.items.first else {
            throw StanzaError(.modify, .badRequest, "Ask for one affiliation or role.")
        }
        // The lists that rooms have (XEP-0045 §9.4, §9.8, §10.5, §10.8); everybody else is seen in the room.
        guard (wanted.affiliation ?? .owner) != .none, (wanted.role ?? .moderator) != .none else {
            throw StanzaError(.modify, .badRequest, "There is no list of those without affiliation or role.")
        }
        let matching = room.occupants.values.filter { occupant in
            if let affiliation = wanted.affiliation { return occupant.rank.affiliation == affiliation }
            return occupant.rank.role == wanted.role
        }
        let limit = core.settings.limits.longestList
        guard matching.count <= limit else {
            let words = "This list has \(matching.count) entries, and this gateway sends lists of at most \(limit)."
            throw StanzaError(.cancel, .policyViolation, words)
        }
        let items = matching.sorted { $0.nick < $1.nick }.map { occupant in
            MUC.Item(
                affiliation: occupant.rank.affiliation, role: occupant.rank.role,
                jid: core.addresses.jid(.peer(occupant.address)), nick: occupant.nick)
        }
        return .result(MUCAdmin(items: items).element)
    }

    private static func change(_ core: Switchboard, _ query: Query) throws(StanzaError) -> QueryOutcome {
        let (session, room) = try room(core, query)
        guard let items = (try? MUCAdmin(query.payload))?.items, items.count == 1, let item = items.first else {
            throw StanzaError(.modify, .badRequest, "One change at a time.")
        }
        guard item.role == MUC.Role.none, item.affiliation == nil, let nick = item.nick else {
            throw StanzaError(.cancel, .notAllowed, "Only kicks are possible here; ranks are the network's own.")
        }
        guard room.occupants[nick] != nil else {
            throw StanzaError(.cancel, .itemNotFound, "Nobody called \(nick) is in this room.")
        }
        guard core.mayAsk(session) else { throw .tooManyRequests }
        let kick = Request.Action.room(room.address, .kick(nick: nick.networkNick, reason: item.reason))
        core.perform(kick, for: session, on: room.address.network, because: .query(query.iq))
        return .later
    }

    private static func configure(_ core: Switchboard, _ query: Query) throws(StanzaError) -> QueryOutcome {
        throw StanzaError(.cancel, .notAllowed, "This room is configured on its network, not here.")
    }
}
