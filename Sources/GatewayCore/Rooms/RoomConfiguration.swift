import Basics
import GatewayKit
import XMPP

/// The configuration of a room by its operators (XEP-0045 §10.2), as a form made of the network's settings.
final class RoomConfiguration: Feature {
    private static let id: FeatureID = "room configuration"

    private let rooms: Rooms

    init(_ rooms: Rooms) { self.rooms = rooms }

    private enum Pending: Note {
        case form(Sender)
        case change(Sender)
    }

    func register(in routes: inout Routes) {
        routes.query(.get, "query", MUCOwner.namespace, on: .room, isAdvertised: false) {
            [self] query throws(StanzaError) in
            try ask(query, { .ask(.settings($0)) }, then: { .form($0) })
        }
        routes.query(.set, "query", MUCOwner.namespace, on: .room, isAdvertised: false) {
            [self] query throws(StanzaError) in try change(query)
        }
        routes.notes(Self.id, NoteRoutes(outcome: { [self] note, result, _ in ended(note, result) }))
    }

    /// Checks the right to configure the room, and asks the adapter.
    private func ask(
        _ query: Query, _ action: (RoomAddress) -> Request.Action, then next: (Sender) -> Pending
    ) throws(StanzaError) -> QueryOutcome {
        guard case .room(let address) = query.target, let sender = Sender(query.iq.head) else { throw .notInRoom }
        let room = try rooms.entered(address, by: query.from, of: query.user)
        guard room.phase != .lost else { throw .networkAway }
        try rooms.accounts.checkAbility(.settings, at: .room(address), on: address.network, query.user)
        guard room.ownRank >= .operator else {
            throw StanzaError(.auth, .forbidden, "Only operators of this room may configure it.")
        }
        let account = rooms.accounts.account(of: query.user, on: address.network)
        let slip = NoteSlip(Self.id, next(sender))
        let isAsked = try rooms.accounts.perform(action(address), of: query.user, as: account, then: .note(slip))
        return isAsked ? .answeredLater : .result(nil)
    }

    private func change(_ query: Query) throws(StanzaError) -> QueryOutcome {
        guard let owner = try? MUCOwner(query.payload) else {
            throw StanzaError(.modify, .badRequest, "This form cannot be read.")
        }
        guard owner.destroy == nil else {
            let words = "A room of this network ends when its last occupant leaves. It cannot be destroyed."
            throw StanzaError(.cancel, .notAllowed, words)
        }
        guard let form = owner.form else {
            throw StanzaError(.modify, .badRequest, "Send the filled-in form, or cancel it.")
        }
        // A cancelled form changes nothing (XEP-0045 §10.1.3, §10.2).
        guard form.type == .submit else { return .result(nil) }
        let values = try RoomForm.values(of: form)
        // An empty form accepts the room as it is (§10.1.2).
        guard !values.isEmpty else { return .result(nil) }
        return try ask(query, { .room($0, .settings(values)) }, then: { .change($0) })
    }

    private func ended(_ note: any Note, _ result: Result<Answer?, Failure>) {
        switch (note as? Pending, result) {
        case (.form(let sender)?, .success(.settings(let settings)?)):
            rooms.home.answerQuery(of: sender, .success(MUCOwner(form: RoomForm.form(settings)).element))
        case (.form(let sender)?, .success): rooms.home.answerQuery(of: sender, .failure(.notServed))
        case (.change(let sender)?, .success): rooms.home.answerQuery(of: sender, .success(nil))
        case (.form(let sender)?, .failure(let failure)), (.change(let sender)?, .failure(let failure)):
            rooms.home.answerQuery(of: sender, .failure(StanzaError(failure)))
        case (nil, _): break
        }
    }
}
