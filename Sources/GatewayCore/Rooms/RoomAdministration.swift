import GatewayKit
import XMPP

/// Changes of roles and affiliations, and lists of them (XEP-0045 §8.2–§8.5, §9, §10.3–§10.8). The network decides who
/// may do what.
final class RoomAdministration: Feature {
    static let id: FeatureID = "room administration"

    let rooms: Rooms
    private let states: UserTable<AdministrationOfUser>

    init(_ rooms: Rooms) {
        self.rooms = rooms
        states = UserTable(rooms.kernel)
    }

    /// The note of a request to an adapter.
    enum Pending: Note {
        /// One of the requests for a query that changes occupants. The number is that of `AdministrationOfUser.begin`.
        /// If several requests are tried for an item and one is enough, `choice` is the number of the item.
        case change(Int, RoomAddress, choice: Int?)
        /// A question for the masks of a list.
        case list(Sender, RoomAddress, affiliation: String, PageRequest?)
    }

    func register(in routes: inout Routes) {
        routes.query(.get, "query", MUCAdmin.namespace, on: .room, isAdvertised: false) {
            [self] query throws(StanzaError) in try list(query)
        }
        routes.query(.set, "query", MUCAdmin.namespace, on: .room, isAdvertised: false) {
            [self] query throws(StanzaError) in try change(query)
        }
        routes.notes(Self.id, NoteRoutes(outcome: { [self] in ended($0, $1, $2) }))
    }

    func room(of query: Query) throws(StanzaError) -> Room {
        guard case .room(let address) = query.target else { throw .notInRoom }
        return try rooms.entered(address, by: query.from, of: query.user)
    }

    /// Makes all changes of a query. If one item is invalid, makes none. The query is answered when all requests have
    /// their outcome: with the first refusal, if there is one.
    private func change(_ query: Query) throws(StanzaError) -> QueryOutcome {
        let room = try room(of: query)
        guard room.phase != .lost else { throw .networkAway }
        guard let items = (try? MUCAdmin(query.payload))?.items, !items.isEmpty, let sender = Sender(query.iq.head)
        else {
            throw StanzaError(.badRequest, "Name the occupants, and the new role or affiliation of each.")
        }
        guard items.count <= Self.mostItems else {
            throw StanzaError(.policyViolation, "A request can have at most \(Self.mostItems) items.")
        }
        var changes: [(RoomChange, choice: Int?)] = []
        for (index, item) in items.enumerated() {
            let own = try self.changes(item, in: room, query.user)
            let choice = own.count > 1 && own.allSatisfy(\.isRemoval) ? index : nil
            changes += own.map { ($0, choice) }
        }
        let state = state(of: query.user)
        let number = state.begin(sender)
        noteBans(items, in: room, ofQuery: number)
        let account = rooms.accounts.account(of: query.user, on: room.address.network)
        for (change, choice) in changes {
            do throws(StanzaError) {
                let slip = NoteSlip(Self.id, Pending.change(number, room.address, choice: choice))
                let isAsked = try rooms.accounts.perform(
                    .room(room.address, change), of: query.user, as: account, then: .note(slip))
                if isAsked { state.open(number) }
            } catch {
                state.fail(number, error)
                break
            }
        }
        finish(number, query.user)
        return .answeredLater
    }

    /// The maximum of items in one request.
    private static let mostItems = 50

    private func state(of user: User) -> AdministrationOfUser {
        if let state = states[user] { return state }
        let state = AdministrationOfUser()
        states[user] = state
        return state
    }

    private func ended(_ note: any Note, _ result: Result<Answer?, Failure>, _ user: User) {
        switch note as? Pending {
        case .change(let number, let address, let choice):
            var error: StanzaError?
            if case .failure(let failure) = result {
                error = StanzaError(failure)
                if let room = rooms.room(address, of: user) {
                    room.pendingBans = room.pendingBans.filter { $0.value != number }
                }
            }
            states[user]?.close(number, choice: choice, error)
            finish(number, user)
        case .list(let sender, let address, let affiliation, let page):
            rooms.home.answerQuery(of: sender, answer(to: affiliation, of: address, page, result, user))
        case nil: break
        }
    }

    /// Answers a query if all its requests have their outcome.
    private func finish(_ number: Int, _ user: User) {
        guard let (sender, error) = states[user]?.takeFinished(number) else { return }
        rooms.home.answerQuery(of: sender, error.map { .failure($0) } ?? .success(nil))
    }
}

extension RoomChange {
    /// Whether it removes an entry from a list.
    fileprivate var isRemoval: Bool { if case .remove = self { true } else { false } }
}
