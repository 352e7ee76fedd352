import GatewayKit
import XMPP

/// The roster of a user who has unregistered (XEP-0100 §4.3). The subscriptions to all contacts of the gateway end by
/// presence. The entries of the gateway, of its networks, and of the people whom the gateway has added are removed. An
/// entry that the user has made stays, without a subscription: its name and its groups are the user's own.
extension Rosters {
    /// The user has unregistered: begins to remove entries of these contacts from the user's roster, if the gateway may
    /// change it.
    func ending(_ localparts: [String], of user: User) {
        // The server may have a query that it has not answered. `changed` recognises the answer by its wish.
        let state = states[user] ?? RosterOfUser()
        state.wishes = RosterWishes()
        state.askers = [:]
        // Without a privilege, the subscriptions end by presence alone.
        guard privileges.grant(for: user.jid)?.roster.contains(.set) == true else { return }
        states[user] = state
        state.ending = Set(localparts.prefix(RosterOfUser.most).compactMap { kernel.addresses.jid(localpart: $0) })
        next(user)
    }

    /// Reads the roster, because only its groups show which people the gateway has added. If the gateway may not read
    /// it, the people whom it has added since the user was loaded are removed (`RosterOfUser.given`).
    func findEnding(_ user: User, _ state: RosterOfUser) {
        guard privileges.grant(for: user.jid)?.roster.contains(.get) == true else {
            return removeKnown(user, state)
        }
        state.isBusy = true
        let head = StanzaHead(to: user.jid, from: kernel.settings.domain)
        ask(IQ(head, type: .get, payload: [RosterQuery().element]), .ending(user.id))
    }

    /// Takes the answer to `findEnding`, and removes the entries.
    ///
    /// - Parameter answer: the roster; nil if the server has refused it or has not answered.
    func foundEnding(_ answer: IQ?, _ user: User, _ state: RosterOfUser) {
        state.isBusy = false
        guard let payload = answer?.payload.first, let roster = try? RosterQuery(payload) else {
            return removeKnown(user, state)
        }
        let added = Set(roster.items.filter { $0.groups == [kernel.description.name] }.map(\.jid))
        remove(state.ending.filter { isOwn($0) || added.contains($0) }, user, state)
    }

    /// Removes the entries that are the gateway's own, as far as it knows that without reading the roster.
    private func removeKnown(_ user: User, _ state: RosterOfUser) {
        remove(state.ending.filter { isOwn($0) || state.given[$0] != nil }, user, state)
    }

    /// Whether an address is the gateway or one of its networks.
    private func isOwn(_ jid: JID) -> Bool {
        switch kernel.target(of: jid) {
        case .success(.gateway), .success(.network): true
        default: false
        }
    }

    private func remove(_ jids: Set<JID>, _ user: User, _ state: RosterOfUser) {
        state.ending = []
        state.wishes = RosterWishes(removing: jids.sorted { $0.description < $1.description })
        next(user)
    }
}
