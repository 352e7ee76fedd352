import GatewayKit
import XML
import XMPP

/// Lists the rooms of a network (XEP-0045 §6.3) in pages (XEP-0059), as the network tells them. If the user has no
/// connection to the network, the gateway connects as for an entry into a room.
final class RoomLists: Feature {
    private static let id: FeatureID = "room lists"
    /// The number of rooms in an answer to a client that asks for no page, and on the largest page.
    static let most = 200

    private let kernel: Kernel
    private let home: HomeStream
    private let accounts: Accounts
    /// The rooms that each user has last been shown. Clients ask each of them for its details next.
    private let shown: UserTable<ShownRooms>

    /// A page of rooms that a user has been shown.
    private final class ShownRooms {
        let rooms: [RoomAddress: RoomListing]

        init(_ rooms: [RoomListing]) { self.rooms = Dictionary(rooms.map { ($0.address, $0) }) { first, _ in first } }
    }

    /// A query for which the network has not answered.
    private struct Pending: Note {
        let sender: Sender
        /// Whether the client has asked for a page.
        let isPaged: Bool
        let limit: Int
    }

    init(_ kernel: Kernel, _ home: HomeStream, _ accounts: Accounts) {
        self.kernel = kernel
        self.home = home
        self.accounts = accounts
        shown = UserTable(kernel)
    }

    func register(in routes: inout Routes) {
        routes.notes(Self.id, NoteRoutes(outcome: { [self] in ended($0, $1, $2) }))
        routes.advertise(ResultSet.namespace, on: [.gateway, .network]) { [self] in network(listedAt: $0.target) != nil
        }
    }

    /// Asks a network for its rooms, and answers the query when the network has answered. A client that asks for no
    /// page gets the rooms with the most occupants.
    ///
    /// - Throws: the refusal for the user.
    func list(_ network: NetworkID, for query: Query) throws(StanzaError) -> QueryOutcome {
        guard let sender = Sender(query.iq.head) else { throw .notServed }
        let wanted = try Self.page(of: query.payload)
        let request = PageRequest(wanted?.start ?? .first, limit: min(wanted?.limit ?? Self.most, Self.most))
        let search = RoomSearch(order: wanted == nil ? .occupants : .network)
        let note = Pending(sender: sender, isPaged: wanted != nil, limit: request.limit)
        try ask(search, request, of: network, for: query, then: NoteSlip(Self.id, note))
        return .answeredLater
    }

    /// The network whose rooms an address of the gateway lists: the network itself, or the gateway if its own address
    /// stands for its only network. Nil if the network has no rooms, too.
    func network(listedAt target: Target) -> NetworkID? {
        guard kernel.description.roomIdentity != nil else { return nil }
        switch target {
        case .network(let network): return network
        case .gateway:
            guard let only = kernel.rules.networks.first, kernel.rules.localpart(of: .network(only)).isEmpty else {
                return nil
            }
            return only
        case .room, .occupant, .peer: return nil
        }
    }

    /// Asks a network for rooms. The feature of the note gets the answer. If the user has no connection to the network,
    /// the gateway connects.
    ///
    /// - Throws: the refusal for the user.
    func ask(
        _ search: RoomSearch, _ page: PageRequest, of network: NetworkID, for query: Query, then slip: NoteSlip
    ) throws(StanzaError) {
        try accounts.admit(query.user)
        let account = try accounts.openWithinLimit(network, for: query.user)
        try accounts.checkAbility(.roomSearch, at: .network(network), on: network, query.user)
        try accounts.perform(.ask(.rooms(search, page)), of: query.user, as: account, then: .note(slip))
    }

    /// The page that a query asks for; nil if it asks for none.
    private static func page(of payload: Element) throws(StanzaError) -> PageRequest? {
        let set: ResultSet?
        do throws(PayloadError) {
            set = try ResultSet.find(in: payload)
        } catch {
            throw error.stanzaError
        }
        return try set.map { set throws(StanzaError) in try PageRequest(set, most: most) }
    }

    /// The form with details of a room that the user is not in, but has last been shown in a list (XEP-0045 §6.4); nil if
    /// the user has not.
    func info(of room: RoomAddress, for user: User) -> DataForm? {
        guard let listing = shown[user]?.rooms[room] else { return nil }
        var fields = [DataForm.formType("http://jabber.org/protocol/muc#roominfo")]
        if let occupants = listing.occupants {
            fields.append(DataForm.Field("muc#roominfo_occupants", values: [String(occupants)]))
        }
        if let topic = listing.topic { fields.append(DataForm.Field("muc#roominfo_description", values: [topic])) }
        return DataForm(.result, fields: fields)
    }

    private func ended(_ note: any Note, _ result: Result<Answer?, Failure>, _ user: User) {
        guard let waiting = note as? Pending else { return }
        switch result {
        case .failure(let failure): home.answerQuery(of: waiting.sender, .failure(StanzaError(failure)))
        case .success(.rooms(let page)?):
            shown[user] = ShownRooms(page.items)
            home.answerQuery(of: waiting.sender, .success(items(on: page, waiting)))
        case .success: home.answerQuery(of: waiting.sender, .failure(.notServed))
        }
    }

    private func items(on page: Page<RoomListing>, _ waiting: Pending) -> Element {
        var answer = DiscoItems()
        answer.items = page.items.compactMap { room in
            kernel.addresses.passingJID(.room(room.address)).map { DiscoItems.Item($0, name: room.title) }
        }
        // If there are more rooms, the mark tells it, also to a client that asks for no page.
        if waiting.isPaged || page.total != page.items.count { answer.others = [ResultSet(page).element] }
        return answer.element
    }
}

extension RoomListing {
    /// The name for people: the room, the number of its occupants, and its topic.
    fileprivate var title: String {
        let count = occupants.map { " (\($0))" } ?? ""
        let topic = topic.map { ": \($0)" } ?? ""
        return name + count + topic
    }
}
