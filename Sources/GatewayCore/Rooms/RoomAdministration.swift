import GatewayKit
import XMPP

/// Kicks, and lists of occupants by affiliation or role (XEP-0045 §8.2, §9.5, §9.8, §10). Users cannot change
/// ranks here, because the network alone gives them.
final class RoomAdministration: Feature {
    private static let id: FeatureID = "room administration"

    private let rooms: Rooms

    init(_ rooms: Rooms) { self.rooms = rooms }

    /// The note of a kick: its query is answered when the network has answered.
    private struct PendingKick: Note { let sender: Sender }

    func register(in routes: inout Routes) {
        routes.query(.get, "query", MUCAdmin.namespace, on: .room, isAdvertised: false) {
            [self] query throws(StanzaError) in try list(query)
        }
        routes.query(.set, "query", MUCAdmin.namespace, on: .room, isAdvertised: false) {
            [self] query throws(StanzaError) in try change(query)
        }
        for type in [IQ.Kind.get, .set] {
            routes.query(type, "query", MUCOwner.namespace, on: .room, isAdvertised: false) {
                _ throws(StanzaError) in
                throw StanzaError(.cancel, .notAllowed, "This room is configured on its network, not here.")
            }
        }
        routes.notes(Self.id, NoteRoutes(outcome: { [self] note, result, _ in ended(note, result) }))
    }

    private func room(of query: Query) throws(StanzaError) -> Room {
        guard case .room(let address) = query.target else { throw .notInRoom }
        return try rooms.entered(address, by: query.from, of: query.user)
    }

    private func list(_ query: Query) throws(StanzaError) -> QueryOutcome {
        let room = try room(of: query)
        guard let wanted = (try? MUCAdmin(query.payload))?.items.first else {
            throw StanzaError(.modify, .badRequest, "Ask for the occupants with one affiliation or one role.")
        }
        // XEP-0045 defines lists in §9.4, §9.8, §10.5 and §10.8. None is for occupants without affiliation or role.
        guard (wanted.affiliation ?? .owner) != .none, (wanted.role ?? .moderator) != .none else {
            throw StanzaError(.modify, .badRequest, "There is no list of occupants without affiliation or role.")
        }
        let matching = room.occupants.values.filter { occupant in
            if let affiliation = wanted.affiliation { return occupant.rank.affiliation == affiliation }
            return occupant.rank.role == wanted.role
        }
        let limit = rooms.kernel.settings.limits.longestList
        guard matching.count <= limit else {
            let words = "This list has \(matching.count) entries, and this gateway sends lists of at most \(limit)."
            throw StanzaError(.cancel, .policyViolation, words)
        }
        let items = matching.sorted { $0.nick < $1.nick }.map { occupant in
            MUC.Item(
                affiliation: occupant.rank.affiliation, role: occupant.rank.role,
                jid: rooms.kernel.addresses.jid(.peer(occupant.address)), nick: occupant.nick)
        }
        return .result(MUCAdmin(items: items).element)
    }

    private func change(_ query: Query) throws(StanzaError) -> QueryOutcome {
        let room = try room(of: query)
        guard let items = (try? MUCAdmin(query.payload))?.items, items.count == 1, let item = items.first else {
            throw StanzaError(.modify, .badRequest, "A request can change only one occupant.")
        }
        guard item.role == MUC.Role.none, item.affiliation == nil, let nick = item.nick else {
            throw StanzaError(.cancel, .notAllowed, "Only kicks are possible here. Change ranks on the network itself.")
        }
        guard room.occupants[nick] != nil else {
            throw StanzaError(.cancel, .itemNotFound, "Nobody called \(nick) is in this room.")
        }
        guard let sender = Sender(query.iq.head) else { throw .notServed }
        let kick = RoomChange.kick(nick: nick.networkNick, reason: item.reason)
        let account = rooms.accounts.account(of: query.user, on: room.address.network)
        let isAsked = try rooms.accounts.perform(
            .room(room.address, kick), of: query.user, as: account,
            then: .note(NoteSlip(Self.id, PendingKick(sender: sender))))
        return isAsked ? .answeredLater : .result(nil)
    }

    private func ended(_ note: any Note, _ result: Result<Answer?, Failure>) {
        guard let waiting = note as? PendingKick else { return }
        rooms.home.answerQuery(of: waiting.sender, result.map { _ in nil }.mapError { StanzaError($0) })
    }
}
