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
    /// The rooms that each user has been shown. Clients ask for their details next.
    private let shown: UserTable<ShownRooms>

    /// The rooms that a user has been shown, in lists and searches.
    private final class ShownRooms {
        /// Maximum of rooms. All earlier ones are forgotten when there are more.
        private static let most = 1_000

        private(set) var rooms: [RoomAddress: RoomListing] = [:]

        func add(_ page: [RoomListing]) {
            if rooms.count + page.count > Self.most { rooms = [:] }
            for listing in page.prefix(Self.most) { rooms[listing.address] = listing }
        }
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
    }

    /// Asks a network for its rooms, and answers the query when the network has answered. Opens no connection for a
    /// user who is not registered. A client that asks for no page gets the rooms with the most occupants.
    ///
    /// - Throws: the refusal for the user.
    func list(_ network: NetworkID, for query: Query) throws(StanzaError) -> QueryOutcome {
        guard let sender = Sender(query.iq.head) else { throw .notServed }
        try check(query.user, on: network)
        let wanted = try PageRequest.wanted(in: query.payload, most: Self.most)
        let request = PageRequest(wanted?.start ?? .first, limit: min(wanted?.limit ?? Self.most, Self.most))
        let search = RoomSearch(order: wanted == nil ? .occupants : .network)
        let note = Pending(sender: sender, isPaged: wanted != nil, limit: request.limit)
        try ask(search, request, of: network, for: query, then: NoteSlip(Self.id, note))
        return .answeredLater
    }

    /// Checks that a query for the rooms of a network needs no new connection, or that its user is registered with the
    /// gateway or has settings for the network. Some clients query every address that they find, and their users do not
    /// know of it.
    ///
    /// - Throws: the refusal for the user.
    private func check(_ user: User, on network: NetworkID) throws(StanzaError) {
        let isKnown = accounts.isRegistered(user) || accounts.saved(user, network: network) != nil
        guard !isKnown, !accounts.isOpen(user, on: network) else { return }
        try accounts.admit(user)
        throw StanzaError(
            .registrationRequired,
            "The list of rooms needs a connection to \(network). Register with the gateway or enter a room there, then"
                + " ask again.")
    }

    /// The network whose rooms an address of the gateway lists: the network itself, or the gateway if its own address
    /// stands for its only network. Nil if the network has no rooms, too.
    func network(listedAt target: Target) -> NetworkID? {
        kernel.description.roomIdentity == nil ? nil : kernel.network(at: target)
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

    /// Keeps the details of rooms that a user is shown, for `info`.
    func remember(_ rooms: [RoomListing], of user: User) {
        let state = shown[user] ?? ShownRooms()
        shown[user] = state
        state.add(rooms)
    }

    /// The form with details of a room that the user is not in, but has been shown in a list or search (XEP-0045 §6.4);
    /// nil if the user has not.
    func info(of room: RoomAddress, for user: User) -> DataForm? {
        guard let listing = shown[user]?.rooms[room] else { return nil }
        var fields = [DataForm.formType("http://jabber.org/protocol/muc#roominfo")]
        if let occupants = listing.occupants {
            fields.append(DataForm.Field("muc#roominfo_occupants", values: [String(occupants)]))
        }
        if let topic = listing.topic {
            for name in ["muc#roominfo_subject", "muc#roominfo_description"] {
                fields.append(DataForm.Field(name, values: [topic]))
            }
        }
        return DataForm(.result, fields: fields)
    }

    private func ended(_ note: any Note, _ result: Result<Answer?, Failure>, _ user: User) {
        guard let waiting = note as? Pending else { return }
        switch result {
        case .failure(let failure): home.answerQuery(of: waiting.sender, .failure(StanzaError(failure)))
        case .success(.rooms(let page)?):
            remember(page.items, of: user)
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
