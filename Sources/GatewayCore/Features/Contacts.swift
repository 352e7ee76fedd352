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
        case .available: userAppeared(presence, from, target: target)
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
            if !registrations.has(contact) {
                guard registrations.contactCount(of: contact.user) < settings.limits.contactsPerUser else {
                    let limit = settings.limits.contactsPerUser
                    if let user = presence.head.from { overLimit("contacts", user) }
                    let words = "You have \(limit) contacts here, and that is the limit. Remove one first."
                    return refuse(presence, StanzaError(.wait, .policyViolation, words))
                }
                guard hasRows(1, contact.user) else {
                    if let user = presence.head.from { overLimit("rows", user) }
                    return refuse(presence, tooManyRows)
                }
            }
            registrations.count(pending: .init(contacts: 1), of: contact.user)
            commit(.saveContact(contact), .subscription(presence, contact))
        }
    }

    func subscribed(_ presence: Presence, _ contact: ContactRecord, _ result: Result<ChangeReply, RegistryError>) {
        registrations.count(pending: .init(contacts: -1), of: contact.user)
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
    private func userAppeared(_ presence: Presence, _ from: JID, target: Target) {
        let user = UserID(from.bare.description)
        sendBounced(to: user)
        guard case .gateway = target else { return count(.stanzasIgnored) }
        guard registrations.contacts[user] != nil else { return }
        guard slicedWork.takes(resource: from, of: user) else {
            let words = "Too many of your clients ask for your contacts at once. Try again in a moment."
            return refuse(presence, StanzaError(.wait, .policyViolation, words))
        }
        begin(.contacts(for: from), for: user)
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

    /// The link to a network has come up or gone down.
    func announcePeers(on network: NetworkID, session: Session) {
        guard description.delivery == .live, isLinkOpen, registrations.contacts[session.user] != nil else { return }
        begin(.peers(network), for: session.user)
    }

    /// Tells a user of one contact, as a job of `SlicedWork` wants it.
    func tell(of contact: ContactRecord, for job: SlicedWork.Job) {
        guard let from = addresses.jid(localpart: contact.localpart) else { return }
        if job == .removal { return endSubscription(of: contact, as: from) }
        // It may have been removed since the job began.
        guard registrations.has(contact), let user = try? JID(contact.user.rawValue) else { return }
        switch job {
        case .contacts(let resource): sendPresence(of: contact, as: from, to: resource)
        case .arrival: if isAvailable(contact) { sendPresence(of: contact, as: from, to: user) }
        case .departure: send(Presence(StanzaHead(to: user, from: from), type: .unavailable))
        case .peers(let network): if isOn(network, contact) { sendPresence(of: contact, as: from, to: user) }
        case .removal, .welcome, .check: break
        }
    }

    private func isOn(_ network: NetworkID, _ contact: ContactRecord) -> Bool {
        guard !contact.localpart.isEmpty else { return false }
        return (try? rules.address(localpart: contact.localpart))?.network == network
    }

    /// The user has unregistered (XEP-0100 §4.3.1). A contact that was added again meanwhile stays.
    private func endSubscription(of contact: ContactRecord, as from: JID) {
        guard !registrations.has(contact), let user = try? JID(contact.user.rawValue) else { return }
        let head = StanzaHead(to: user, from: from)
        send(Presence(head, type: .unsubscribe))
        send(Presence(head, type: .unsubscribed))
        send(Presence(head, type: .unavailable))
    }
}
