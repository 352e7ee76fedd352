import GatewayKit
import Registry
import XMPP

/// The presence stanzas of contacts.
extension Contacts {
    /// Sends the present availability of a contact. A contact whose presence is unknown counts as unavailable.
    func sendPresence(of localpart: String, as address: JID, to: JID, _ user: User) {
        home.send(presence(of: localpart, as: address, to: to, user))
    }

    /// Sends all clients of a user the presence of an address to which the user has become subscribed. Does nothing if
    /// they have got it a moment ago: the gateway has put the address into the roster, and a client asks for it, too.
    func show(_ localpart: String, as address: JID, to user: User) {
        let state = state(of: user)
        let now = kernel.world.now()
        guard !state.wasJustShown(localpart, at: now) else { return }
        state.markShown(localpart, at: now)
        if localpart.isEmpty { state.toldStatus = status(of: localpart, user) }
        sendPresence(of: localpart, as: address, to: user.jid, user)
    }

    /// The presence of a contact. It comes from a resource, and has the contact's capabilities (XEP-0115).
    ///
    /// - Parameter user: nil if the user is not loaded.
    func presence(of localpart: String, as address: JID, to: JID, _ user: User?) -> Presence {
        var presence = Presence(StanzaHead(to: to, from: kernel.present(as: address)))
        switch knownPresence(of: localpart, user) {
        case .available: presence.status = status(of: localpart, user)
        case .away(let text):
            presence.show = .away
            presence.status = text
        case .unavailable, .unknown:
            presence.type = .unavailable
            return presence
        }
        for provider in kernel.routes.presencePayloads { presence.payload += provider(address.bare, user) }
        return presence
    }

    /// The status text of the gateway, with the state of each network, of a network, or of a person whose messages are
    /// stored; nil if there is nothing to say.
    func status(of localpart: String, _ user: User?) -> String? {
        if case .peer? = localpart.isEmpty ? nil : try? kernel.rules.address(localpart: localpart) {
            let description = kernel.description
            return description.delivery == .stored ? "Can be reached by \(description.name)" : nil
        }
        guard let user else { return nil }
        if localpart.isEmpty {
            let states = accounts.networksOpen(of: user).sorted { $0.rawValue < $1.rawValue }.compactMap { network in
                state(of: network, user).map { "\(network): \($0)" }
            }
            return states.isEmpty ? nil : states.joined(separator: "; ")
        }
        guard case .network(let network)? = try? kernel.rules.address(localpart: localpart) else { return nil }
        return state(of: network, user)
    }

    private func state(of network: NetworkID, _ user: User) -> String? {
        guard accounts.isOnline(user, on: network) else { return "not connected" }
        return accounts.nick(of: user, on: network).map { "connected as \($0)" } ?? "connected"
    }

    /// Sends the presence of contacts that a user has blocked or unblocked.
    func blocksChanged(_ user: User, _ addresses: [BlockedAddress]) {
        guard kernel.isLinkOpen else { return }
        for address in addresses where address.nick.isEmpty && has(address.localpart, user) {
            guard let from = kernel.addresses.jid(localpart: address.localpart) else { continue }
            sendPresence(of: address.localpart, as: from, to: user.jid, user)
        }
    }

    /// Tells the user the states of the networks by the gateway's own presence, if they have changed.
    func tellStatus(to user: User) {
        guard kernel.isLinkOpen, has("", user), let state = states[user] else { return }
        let status = status(of: "", user)
        guard status != state.toldStatus else { return }
        state.toldStatus = status
        sendPresence(of: "", as: kernel.settings.domain, to: user.jid, user)
    }
}
