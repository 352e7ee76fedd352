import GatewayKit
import Registry
import XMPP

/// Subscriptions between users and the gateway, its networks and its people (RFC 6121 §3, XEP-0100 §4.3, §4.4).
extension Switchboard {
    func receivedContactPresence(_ presence: Presence, from: JID, to: JID, target: Target) {
        let contact = ContactRecord(
            gateway: settings.domain.domain, user: UserID(from.bare.description),
            localpart: addresses.localpart(of: target))
        switch presence.type {
        case .subscribe: subscribe(presence, contact, target: target)
        case .unsubscribe: unsubscribe(from: from, to: to, contact)
        case .probe: probed(from: from, to: to, contact, target: target)
        case .available: userAppeared(from, to: to, target: target)
        case .unavailable, .subscribed, .unsubscribed, .error: count(.stanzasIgnored)
        }
    }

    private func subscribe(_ presence: Presence, _ contact: ContactRecord, target: Target) {
        switch target {
        case .room, .occupant:
            return refuse(presence, StanzaError(.cancel, .notAllowed, "Join the room instead of subscribing to it."))
        case .peer where description.registration == .required && !registrations.isRegistered(contact.user):
            return refuse(presence, .registrationRequired)
        case .gateway, .network, .peer:
            let known = registrations.contacts[contact.user] ?? []
            guard known.count < settings.limits.contactsPerUser || known.contains(contact.localpart) else {
                let words = "You have too many contacts here. Remove one first."
                return refuse(presence, StanzaError(.wait, .resourceConstraint, words))
            }
            commit(.saveContact(contact), .subscription(presence, contact))
        }
    }

    func subscribed(_ presence: Presence, _ contact: ContactRecord, _ result: Result<ChangeReply, RegistryError>) {
        guard let from = presence.head.from, let to = presence.head.to?.bare else { return }
        if case .failure = result {
            let text = "The gateway cannot store contacts now. Try again later."
            return refuse(presence, StanzaError(.wait, .resourceConstraint, text))
        }
        registrations.add(contact)
        let answer = StanzaHead(to: from.bare, from: to, id: presence.head.id)
        send(Presence(answer, type: .subscribed))
        sendPresence(of: contact, as: to, to: from.bare)
        // The gateway wants to know when its users come and go (XEP-0100 §4.1.1).
        if contact.localpart.isEmpty { send(Presence(StanzaHead(to: from.bare, from: to), type: .subscribe)) }
    }

    private func unsubscribe(from: JID, to: JID, _ contact: ContactRecord) {
        if registrations.has(contact) { commit(.removeContact(contact)) }
        registrations.remove(contact)
        send(Presence(StanzaHead(to: from.bare, from: to.bare), type: .unsubscribed))
        send(Presence(StanzaHead(to: from.bare, from: to.bare), type: .unavailable))
    }

    private func probed(from: JID, to: JID, _ contact: ContactRecord, target: Target) {
        switch target {
        case .room, .occupant: count(.stanzasIgnored)
        case .gateway, .network, .peer:
            guard registrations.has(contact) else {
                return send(Presence(StanzaHead(to: from.bare, from: to.bare), type: .unsubscribed))
            }
            sendPresence(of: contact, as: to.bare, to: from)
        }
    }

    /// A resource says that it is there: it is told who is here, and gets what waited for it.
    private func userAppeared(_ from: JID, to: JID, target: Target) {
        let user = UserID(from.bare.description)
        sendBounced(to: user)
        guard case .gateway = target else { return count(.stanzasIgnored) }
        for localpart in registrations.contacts[user] ?? [] {
            guard let contact = addresses.jid(localpart: localpart) else { continue }
            let record = ContactRecord(gateway: settings.domain.domain, user: user, localpart: localpart)
            sendPresence(of: record, as: contact, to: from)
        }
    }

    private func sendPresence(of contact: ContactRecord, as address: JID, to: JID) {
        send(Presence(StanzaHead(to: to, from: address), type: isAvailable(contact) ? .available : .unavailable))
    }

    /// The gateway is there while it runs; what is on a live network, while the user is connected to it.
    private func isAvailable(_ contact: ContactRecord) -> Bool {
        if contact.localpart.isEmpty || description.delivery == .stored { return true }
        guard let address = try? rules.address(localpart: contact.localpart) else { return false }
        return sessions[contact.user]?.networks[address.network]?.isOnline ?? false
    }

    /// Tells all users with the gateway among their contacts that it has come or goes.
    func announceGateway(_ type: Presence.Kind) {
        for (user, localparts) in registrations.contacts {
            guard let to = try? JID(user.rawValue) else { continue }
            for localpart in localparts {
                let record = ContactRecord(gateway: settings.domain.domain, user: user, localpart: localpart)
                guard type == .unavailable || isAvailable(record), let from = addresses.jid(localpart: localpart) else {
                    continue
                }
                send(Presence(StanzaHead(to: to, from: from), type: type))
            }
        }
    }

    /// The link to a network has come up or gone down.
    func announcePeers(on network: NetworkID, session: Session) {
        guard description.delivery == .live, isLinkOpen else { return }
        for localpart in registrations.contacts[session.user] ?? [] where !localpart.isEmpty {
            guard let address = try? rules.address(localpart: localpart), address.network == network,
                let from = addresses.jid(localpart: localpart)
            else { continue }
            let record = ContactRecord(gateway: settings.domain.domain, user: session.user, localpart: localpart)
            sendPresence(of: record, as: from, to: session.jid)
        }
    }
}
