import GatewayKit
import XML
import XMPP

/// Lists of occupants by role or affiliation, and the network's lists of masks (XEP-0045 §9.2, §9.4, §9.5, §9.8, §10.5,
/// §10.8).
extension RoomAdministration {
    func list(_ query: Query) throws(StanzaError) -> QueryOutcome {
        let room = try room(of: query)
        let items = (try? MUCAdmin(query.payload))?.items ?? []
        guard items.count == 1, let wanted = items.first else {
            throw StanzaError(.badRequest, "Ask with one item for the occupants with one affiliation or one role.")
        }
        // No section defines a list of occupants without affiliation or role.
        guard (wanted.affiliation ?? .owner) != .none, (wanted.role ?? .moderator) != .none else {
            throw StanzaError(.badRequest, "There is no list of occupants without affiliation or role.")
        }
        if let affiliation = wanted.affiliation, let list = masks(of: affiliation, in: room, query.user) {
            return try ask(list, affiliation, in: room, query)
        }
        return .result(try element(of: occupants(in: room, wanted, query.user), try page(query)))
    }

    /// The list of masks that belongs to an affiliation; nil if the affiliation has only occupants.
    private func masks(of affiliation: MUC.Affiliation, in room: Room, _ user: User) -> RoomList? {
        switch affiliation {
        case .outcast: .bans
        case .member: hasAbility(.inviteExceptions, in: room, user) ? .inviteExceptions : nil
        case .owner, .admin, .none: nil
        }
    }

    private func ask(
        _ list: RoomList, _ affiliation: MUC.Affiliation, in room: Room, _ query: Query
    ) throws(StanzaError) -> QueryOutcome {
        guard room.phase != .lost else { throw .networkAway }
        guard let sender = Sender(query.iq.head) else { throw .notServed }
        try rooms.accounts.checkAbility(list.ability, at: .room(room.address), on: room.address.network, query.user)
        let account = rooms.accounts.account(of: query.user, on: room.address.network)
        let slip = NoteSlip(
            Self.id, Pending.list(sender, room.address, affiliation: affiliation.rawValue, try page(query)))
        try rooms.accounts.perform(.ask(.list(room.address, list)), of: query.user, as: account, then: .note(slip))
        return .answeredLater
    }

    /// The answer to a query for an affiliation with a list of masks: the occupants who have it, and the masks.
    func answer(
        to affiliation: String, of address: RoomAddress, _ page: PageRequest?, _ result: Result<Answer?, Failure>,
        _ user: User
    ) -> Result<Element?, StanzaError> {
        guard let affiliation = MUC.Affiliation(rawValue: affiliation) else { return .failure(.notServed) }
        switch result {
        case .failure(let failure): return .failure(StanzaError(failure))
        case .success(let answer):
            guard case .list(let entries)? = answer else { return .failure(.notServed) }
            do throws(StanzaError) {
                var items: [MUC.Item] = []
                if let room = rooms.room(address, of: user) {
                    items = occupants(in: room, MUC.Item(affiliation: affiliation), user)
                }
                items += entries.map { item($0, affiliation, on: address.network) }
                return .success(try element(of: items, page))
            } catch {
                return .failure(error)
            }
        }
    }

    /// The page that a client asks for (XEP-0059); nil if it asks for the whole list.
    private func page(_ query: Query) throws(StanzaError) -> PageRequest? {
        try PageRequest.wanted(in: query.payload, most: rooms.kernel.settings.limits.longestList)
    }

    /// The answer with a whole list, or with the page that the client asks for.
    ///
    /// - Throws: the refusal of a whole list that is too long, or of a page that does not exist.
    private func element(of items: [MUC.Item], _ page: PageRequest?) throws(StanzaError) -> Element {
        guard let page else {
            try checkLength(items.count)
            return MUCAdmin(items: items).element
        }
        let (items, resultSet) = try page.page(of: items) { $0.nick ?? $0.jid?.description ?? $0.reason ?? "" }
        var element = MUCAdmin(items: items).element
        element.append(resultSet.element)
        return element
    }

    /// The item of a mask. The mask stands in the JID, escaped, and in the reason, for people to read.
    private func item(_ entry: ListEntry, _ affiliation: MUC.Affiliation, on network: NetworkID) -> MUC.Item {
        let local = rooms.kernel.rules.localpart(of: .peer(PeerAddress(network: network, name: entry.pattern)))
        let domain = rooms.kernel.settings.domain.domain
        let jid = try? JID(local: JID.escape(local), domain: domain, resource: nil)
        let words = [entry.pattern, entry.reason.map { "(\($0))" }, entry.author.map { "set by \($0)" }]
        return MUC.Item(
            affiliation: affiliation, jid: jid, reason: words.compactMap(\.self).joined(separator: " "))
    }

    /// Looks for occupants. Takes tokens from the user's allowance, because the search reads all occupants.
    private func occupants(in room: Room, _ wanted: MUC.Item, _ user: User) -> [MUC.Item] {
        let kernel = rooms.kernel
        kernel.stanzaAllowances.charge(
            user.jid, room.occupants.count / Self.occupantsPerToken, now: kernel.world.now)
        let matching = room.occupants.values.filter { occupant in
            if let affiliation = wanted.affiliation { return occupant.rank.affiliation == affiliation }
            return room.role(of: occupant) == wanted.role
        }
        return matching.sorted { $0.nick < $1.nick }.map { occupant in
            MUC.Item(
                affiliation: occupant.rank.affiliation, role: room.role(of: occupant),
                jid: rooms.kernel.addresses.jid(.peer(occupant.address)), nick: occupant.nick)
        }
    }

    /// The number of occupants that a search reads for one token of the user's allowance.
    private static let occupantsPerToken = 100

    /// Throws the refusal for the user, if a list has more entries than the gateway sends.
    private func checkLength(_ count: Int) throws(StanzaError) {
        let limit = rooms.kernel.settings.limits.longestList
        guard count <= limit else {
            let words =
                "This list has \(count) entries, and this gateway sends lists of at most \(limit). Ask for pages"
                + " (XEP-0059)."
            throw StanzaError(.policyViolation, words)
        }
    }
}
