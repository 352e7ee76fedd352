import Basics
import GatewayKit
import Registry
import XMPP

/// Presence subscriptions in both directions (RFC 6121 §3). Each stanza changes the state as Appendix A says, and the
/// registry keeps the state.
extension Contacts {
    /// A subscription that the registry is storing.
    struct Subscription: Note {
        let sender: Sender
        let localpart: String
        /// The number of `ContactsOfUser.set`.
        let number: Int
    }

    // MARK: The user's subscription to an address

    /// A user asks for the presence of an address. The answer follows when the subscription is stored. A user who is
    /// subscribed already is answered at once (RFC 6121 §3.1.3), and a request that is being stored is no news.
    func subscribe(_ presence: Presence, _ user: User, _ target: Target) {
        guard let sender = Sender(presence.head) else { return }
        do throws(StanzaError) {
            let localpart = kernel.addresses.localpart(of: target)
            var subscription = subscription(of: localpart, user)
            try mayContact(target, user, isNew: subscription.inbound == .none)
            guard subscription.receive(.subscribe) else {
                if subscription.inbound == .subscribed { accept(sender, localpart, user) }
                return
            }
            guard let number = set(subscription, of: localpart, user) else { return }
            let note = Subscription(sender: sender, localpart: localpart, number: number)
            kernel.commit(.saveContact(record(localpart, user)), of: user, .note(NoteSlip(Self.id, note)))
        } catch {
            home.refuse(presence, error)
            if error == .registrationRequired {
                state(of: user).refuse(kernel.addresses.localpart(of: target))
            }
        }
    }

    /// Handles again the subscription requests that were refused because the user was not registered. Call it when the
    /// user has registered. The user's server still treats such a request as pending (RFC 6121 §3.1.2), so the user
    /// does not repeat it.
    func takeUpRefused(of user: User) {
        for localpart in states[user]?.takeRefused() ?? [] {
            guard let address = kernel.addresses.jid(localpart: localpart),
                case .success(let target) = kernel.target(of: address)
            else { continue }
            let head = StanzaHead(to: address, from: user.jid, id: kernel.world.newID())
            subscribe(Presence(head, type: .subscribe), user, target)
        }
    }

    private func mayContact(_ target: Target, _ user: User, isNew: Bool) throws(StanzaError) {
        switch target {
        case .room, .occupant:
            throw StanzaError(.notAllowed, "Join the room instead of subscribing to it.")
        case .peer: try accounts.admit(user)
        case .gateway, .network: break
        }
        guard isNew else { return }
        try kernel.checkKeepsUp(with: user)
        let limit = kernel.settings.limits.contactsPerUser
        guard state(of: user).countWithPending < limit else {
            kernel.overLimit("contacts", user.jid)
            let words = "You have \(limit) contacts here, which is the limit. Remove one first."
            throw StanzaError(.policyViolation, as: .temporary, words)
        }
        guard kernel.hasRows(1, user) else {
            kernel.overLimit("rows", user.jid)
            throw .tooManyRows(kernel.settings.limits.rowsPerUser)
        }
    }

    /// The registry has stored a contact, or could not.
    func stored(_ note: any Note, _ result: Result<ChangeReply, RegistryError>) {
        let isStored = if case .success = result { true } else { false }
        if let note = note as? RosterAddition { return addedFromRoster(note, isStored) }
        // The user may have withdrawn the subscription meanwhile.
        guard let note = note as? Subscription, let user = kernel.users[note.sender.jid],
            states[user]?.pendingNumber(note.localpart) == note.number
        else { return }
        var subscription = subscription(of: note.localpart, user)
        _ = subscription.send(isStored ? .subscribed : .unsubscribed)
        set(subscription, of: note.localpart, user)
        guard isStored else {
            // A later change may have stored the subscription together with the other direction.
            if subscription.outbound != .none { save(note.localpart, user) }
            let words = "The gateway cannot store contacts now. Try again later."
            return home.refusePresence(of: note.sender, StanzaError(.resourceConstraint, words))
        }
        accept(note.sender, note.localpart, user)
        if let network = network(of: note.localpart) { watchContacts(on: network, user) }
        if mustSeeUser(note.localpart) { askForPresence(of: user, as: note.localpart) }
    }

    /// Tells the user that the user is subscribed, and sends the present presence.
    private func accept(_ sender: Sender, _ localpart: String, _ user: User) {
        let (to, from) = (sender.jid.bare, sender.target.bare)
        home.send(Presence(StanzaHead(to: to, from: from, id: sender.id), type: .subscribed))
        show(localpart, as: from, to: user)
        for subscriber in subscribedSubscribers { subscriber(user, localpart) }
    }

    /// The user ends the subscription to an address. A user without one gets no answer (RFC 6121 §3.3.3).
    func unsubscribe(_ presence: Presence, _ user: User, _ target: Target) {
        guard let from = presence.head.from, let to = presence.head.to else { return }
        let localpart = kernel.addresses.localpart(of: target)
        states[user]?.forgetRefused(localpart)
        var subscription = subscription(of: localpart, user)
        let wasSubscribed = subscription.inbound == .subscribed
        guard subscription.receive(.unsubscribe) else { return kernel.count(.stanzasIgnored) }
        set(subscription, of: localpart, user)
        states[user]?.availability[ExactText(localpart)] = nil
        save(localpart, user)
        if wasSubscribed, let network = network(of: localpart) { watchContacts(on: network, user) }
        home.send(Presence(StanzaHead(to: from.bare, from: to.bare), type: .unsubscribed))
        home.send(Presence(StanzaHead(to: from.bare, from: kernel.present(as: to)), type: .unavailable))
    }

    // MARK: The subscription of an address to the user

    /// The user answers a request for the user's presence, or takes an earlier consent back. The user's server sends
    /// the presence itself (RFC 6121 §3.1.5).
    func answered(_ presence: Presence, _ user: User, _ target: Target) {
        let localpart = kernel.addresses.localpart(of: target)
        if presence.type == .unsubscribed, mustSeeUser(localpart) { states[user]?.askedForPresence.insert(localpart) }
        var subscription = subscription(of: localpart, user)
        guard subscription.receive(presence.type) else { return kernel.count(.stanzasIgnored) }
        set(subscription, of: localpart, user)
        save(localpart, user)
        // The gateway does not learn of the user's clients any more.
        if presence.type == .unsubscribed, localpart.isEmpty { clients.forget(user) }
    }

    /// Whether an address needs the presence of its users: the gateway (XEP-0100 §4.1.1), and networks that users log
    /// in to by presence (§4.4).
    private func mustSeeUser(_ localpart: String) -> Bool {
        if localpart.isEmpty { return true }
        guard kernel.description.sessions == .onDemand,
            case .network? = try? kernel.rules.address(localpart: localpart)
        else { return false }
        return true
    }

    /// Asks for a user's presence in the name of the gateway or of a network, which needs it. The request has a name
    /// and words for the person (XEP-0172 §4.1). It is sent once for a loaded user: two gateways that subscribe to
    /// each other would otherwise never stop.
    func askForPresence(of user: User, as localpart: String = "") {
        guard state(of: user).askedForPresence.insert(localpart).inserted,
            let from = kernel.addresses.jid(localpart: localpart)
        else { return }
        let name = localpart.isEmpty ? "\(kernel.description.name) gateway" : localpart
        let asker = localpart.isEmpty ? "The \(name)" : "The network \(name)"
        let words = "\(asker) asks to see when you are online, so that it can connect you."
        request(from, of: user, status: words, name: name)
    }

    /// Sends a request of an address for the presence of a user, and remembers it.
    func request(_ address: JID, of user: User, status: String? = nil, name: String? = nil) {
        home.send(
            Presence(
                StanzaHead(to: user.jid, from: address), type: .subscribe, status: status,
                payload: name.map { [Nickname($0).element] } ?? []))
        guard case .success(let target) = kernel.target(of: address) else { return }
        let localpart = kernel.addresses.localpart(of: target)
        var subscription = subscription(of: localpart, user)
        let before = subscription
        _ = subscription.send(.subscribe)
        guard subscription != before, state(of: user).hasRow(localpart) || kernel.hasRows(1, user) else { return }
        set(subscription, of: localpart, user)
        save(localpart, user)
    }

    // MARK: The state

    /// The subscriptions between a user and an address, from the side of the address.
    func subscription(of localpart: String, _ user: User) -> SubscriptionState {
        states[user]?.subscription(of: localpart) ?? SubscriptionState()
    }

    /// Replaces the subscriptions between a user and an address in memory, and counts the user's rows. Returns as
    /// `ContactsOfUser.set` does.
    @discardableResult
    func set(_ subscription: SubscriptionState, of localpart: String, _ user: User) -> Int? {
        let state = state(of: user)
        let hadRow = state.hasRow(localpart)
        defer { user.rows += (state.hasRow(localpart) ? 1 : 0) - (hadRow ? 1 : 0) }
        return state.set(subscription, of: localpart)
    }

    /// Writes the subscriptions between a user and an address to the registry.
    func save(_ localpart: String, _ user: User) {
        let record = record(localpart, user)
        let isEmpty = !record.isSubscribed && record.reverse == .none
        kernel.commit(isEmpty ? .removeContact(record) : .saveContact(record), of: user)
    }

    /// The record of the subscriptions between a user and an address. It has a subscription that is being stored.
    func record(_ localpart: String, _ user: User) -> ContactRecord {
        let subscription = subscription(of: localpart, user)
        return ContactRecord(
            gateway: kernel.gateway, user: user.id, localpart: localpart,
            isSubscribed: subscription.inbound != .none,
            reverse: ContactRecord.Reverse(rawValue: subscription.outbound.rawValue) ?? .none)
    }
}
