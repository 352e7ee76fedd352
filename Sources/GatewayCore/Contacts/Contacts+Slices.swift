import Basics
import GatewayKit
import XMPP

/// Sends the presence of many contacts in slices.
extension Contacts {
    /// Maximum of resources of one user that wait for the presence of all contacts at the same time.
    static let mostResources = 20

    /// The work that `Contacts` does in slices for one user.
    enum Job: Hashable {
        /// The presence of all contacts, for a resource of the user that has become available.
        case all(for: JID)
        /// The presence of the contacts on a network: its link has come up or gone down, or the stream has opened.
        case peers(NetworkID)
        /// The end of the user's subscriptions, after the user has unregistered.
        case removal
        /// Unavailable presence of the contacts on live networks, because the gateway stops.
        case departure
    }

    /// Whether a resource may get the presence of all contacts. False if `mostResources` others of the user are
    /// waiting.
    func mayQueueContacts(for resource: JID, _ user: User) -> Bool {
        guard !jobs.has(SlicedJob(Self.id, Job.all(for: resource)), of: user.id) else { return true }
        return jobs.count(of: user.id) {
            guard $0.feature == Self.id, case .all? = $0.task.base as? Job else { return false }
            return true
        } < Self.mostResources
    }

    /// Sends the presence of the contacts on a network whose link has come up or gone down.
    func networkChanged(_ account: AccountID, _ user: User) {
        // The presence that a network has told is outdated when the connection to it ends.
        if !accounts.isOnline(user, on: account.network), let state = states[user], !state.availability.isEmpty {
            state.availability = state.availability.filter { !isOn(account.network, $0.key.text) }
        }
        watchContacts(on: account.network, user)
        tellStatus(to: user)
        guard kernel.isLinkOpen, kernel.description.delivery == .live, hasContacts(user) else { return }
        jobs.start(SlicedJob(Self.id, Job.peers(account.network)), for: user.id)
    }

    /// Ends the subscriptions between a user and the user's contacts. Call it when the user has unregistered (XEP-0100
    /// §4.3.1).
    func endSubscriptions(of user: User) {
        let related = states[user]?.related ?? []
        let localparts = related.contains("") ? related : related + [""]
        removals[user.id] = Removal(localparts)
        states[user] = nil
        jobs.replaceAll(with: SlicedJob(Self.id, Job.removal), for: user.id)
        // The subscriptions end before the roster entries are removed. A server drops the presence of a contact that is
        // not in the roster any more.
        for subscriber in endSubscribers { subscriber(user, localparts) }
    }

    /// Does a slice of a task. Returns true when the task is finished.
    func doSlice(_ task: AnyHashable, of id: UserID) -> Bool {
        if task.base is Announcement.Job { return announceSlice() }
        guard let task = task.base as? Job else { return true }
        if task == .removal { return removeSlice(of: id) }
        guard let user = kernel.users[id], let state = states[user] else { return true }
        var rest = state.remainingLocalparts ?? state.localparts[...]
        let end = jobs.end
        while kernel.orderedCount < end, let localpart = rest.popFirst() {
            sendPresence(of: localpart, for: task, user)
        }
        state.remainingLocalparts = rest.isEmpty ? nil : rest
        return rest.isEmpty
    }

    /// Sends a user the presence of one contact.
    private func sendPresence(of localpart: String, for task: Job, _ user: User) {
        // The user may have removed the contact since the job began.
        guard has(localpart, user), let from = kernel.addresses.jid(localpart: localpart) else { return }
        switch task {
        case .all(let client):
            let now = kernel.world.now()
            let isTold = states[user]?.takeProbe(client.resource, localpart, at: now) ?? false
            if !isTold, states[user]?.wasJustShown(localpart, at: now) != true {
                sendPresence(of: localpart, as: from, to: client, user)
            }
        case .peers(let network):
            // A person gets no presence before the network has told one.
            guard isOn(network, localpart), knownPresence(of: localpart, user) != .unknown else { return }
            sendPresence(of: localpart, as: from, to: user.jid, user)
        case .departure:
            guard !localpart.isEmpty else { return }
            home.send(Presence(StanzaHead(to: user.jid, from: kernel.present(as: from)), type: .unavailable))
            goodbyes?.told += 1
        case .removal: break
        }
    }

    private func isOn(_ network: NetworkID, _ localpart: String) -> Bool {
        guard !localpart.isEmpty else { return false }
        return (try? kernel.rules.address(localpart: localpart))?.network == network
    }

    private func removeSlice(of id: UserID) -> Bool {
        guard var removal = removals[id], let jid = try? JID(id.rawValue) else { return true }
        let end = jobs.end
        while kernel.orderedCount < end, let localpart = removal.rest.popFirst() {
            endSubscription(to: localpart, of: jid, id)
        }
        removals[id] = removal.rest.isEmpty ? nil : removal
        return removal.rest.isEmpty
    }

    /// Ends the subscriptions to and from one contact, unless the user has added the contact again meanwhile.
    private func endSubscription(to localpart: String, of jid: JID, _ id: UserID) {
        if let user = kernel.users[id], has(localpart, user) { return }
        guard let from = kernel.addresses.jid(localpart: localpart) else { return }
        let head = StanzaHead(to: jid, from: from)
        for type in [Presence.Kind.unsubscribe, .unsubscribed] { home.send(Presence(head, type: type)) }
        home.send(Presence(StanzaHead(to: jid, from: kernel.present(as: from)), type: .unavailable))
    }
}
