import Basics
import GatewayKit
import XMPP

/// The configuration of a room by its operators (XEP-0045 §10.2), as a form made of the network's settings and of the
/// user's own settings for the room.
final class RoomConfiguration: Feature {
    private static let id: FeatureID = "room configuration"

    private let rooms: Rooms
    private let preferences: RoomPreferences

    init(_ rooms: Rooms, _ preferences: RoomPreferences) {
        self.rooms = rooms
        self.preferences = preferences
    }

    private enum Pending: Note {
        case form(Sender, RoomAddress)
        /// `own` are the user's own settings in the form; nil if the form has none of them.
        case change(Sender, RoomAddress, own: [String: String]?)

        fileprivate var sender: Sender {
            switch self {
            case .form(let sender, _), .change(let sender, _, own: _): sender
            }
        }
    }

    func register(in routes: inout Routes) {
        routes.query(.get, "query", MUCOwner.namespace, on: .room, isAdvertised: false) {
            [self] query throws(StanzaError) in
            try ask(query, { .ask(.settings($0)) }, then: { .form($0, $1) })
        }
        routes.query(.set, "query", MUCOwner.namespace, on: .room, isAdvertised: false) {
            [self] query throws(StanzaError) in try change(query)
        }
        routes.notes(Self.id, NoteRoutes(outcome: { [self] in ended($0, $1, $2) }))
    }

    /// Checks the right to configure the room, and asks the adapter.
    private func ask(
        _ query: Query, _ action: (RoomAddress) -> Request.Action, then next: (Sender, RoomAddress) -> Pending
    ) throws(StanzaError) -> QueryOutcome {
        let (address, sender) = try admit(query)
        let account = rooms.accounts.account(of: query.user, on: address.network)
        let slip = NoteSlip(Self.id, next(sender, address))
        let isAsked = try rooms.accounts.perform(action(address), of: query.user, as: account, then: .note(slip))
        return isAsked ? .answeredLater : .result(nil)
    }

    /// The room that a query is about, and the sender, who must be an operator of the room.
    private func admit(_ query: Query) throws(StanzaError) -> (RoomAddress, Sender) {
        guard case .room(let address) = query.target, let sender = Sender(query.iq.head) else { throw .notInRoom }
        let room = try rooms.entered(address, by: query.from, of: query.user)
        guard room.phase != .lost else { throw .networkAway }
        try rooms.accounts.checkAbility(.settings, at: .room(address), on: address.network, query.user)
        guard room.ownRank >= .operator else {
            throw StanzaError(.forbidden, "Only operators of this room may configure it.")
        }
        return (address, sender)
    }

    private func change(_ query: Query) throws(StanzaError) -> QueryOutcome {
        guard let owner = try? MUCOwner(query.payload) else {
            throw StanzaError(.badRequest, "This form cannot be read.")
        }
        guard owner.destroy == nil else {
            let words = "A room of this network ends when its last occupant leaves. It cannot be destroyed."
            throw StanzaError(.notAllowed, words)
        }
        guard let form = owner.form else {
            throw StanzaError(.badRequest, "Send the filled-in form, or cancel it.")
        }
        // A cancelled form changes nothing (XEP-0045 §10.1.3, §10.2).
        guard form.type == .submit else { return .result(nil) }
        let own = try preferences.settings(in: form)
        var others = form
        others.fields.removeAll { preferences.has($0) }
        let values = try RoomForm.values(of: others)
        guard values.isEmpty else {
            return try ask(query, { .room($0, .settings(values)) }, then: { .change($0, $1, own: own) })
        }
        // An empty form accepts the room as it is (§10.1.2).
        guard let own else { return .result(nil) }
        let (address, sender) = try admit(query)
        try preferences.save(own, for: address, query.user, .query(sender))
        return .answeredLater
    }

    private func ended(_ note: any Note, _ result: Result<Answer?, Failure>, _ user: User) {
        guard let pending = note as? Pending else { return }
        let sender = pending.sender
        switch (pending, result) {
        case (.form(_, let room), .success(.settings(let settings)?)):
            var form = RoomForm.form(settings)
            form.fields += preferences.fields(for: room, of: user)
            rooms.home.answerQuery(of: sender, .success(MUCOwner(form: form).element))
        case (.form, .success): rooms.home.answerQuery(of: sender, .failure(.notServed))
        case (.change(_, _, own: nil), .success): rooms.home.answerQuery(of: sender, .success(nil))
        case (.change(_, let room, let own?), .success):
            do throws(StanzaError) {
                try preferences.save(own, for: room, user, .query(sender))
            } catch {
                rooms.home.answerQuery(of: sender, .failure(error))
            }
        case (.form, .failure(let failure)), (.change, .failure(let failure)):
            rooms.home.answerQuery(of: sender, .failure(StanzaError(failure)))
        }
    }
}
