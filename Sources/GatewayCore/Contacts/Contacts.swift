import GatewayKit
import Registry
import XMPP

/// Presence and presence subscriptions between users and their contacts (RFC 6121 §3, XEP-0100 §4.3, §4.4). A contact
/// is the gateway itself, one of its networks, or a person on a network.
final class Contacts: Feature {
    static let id: FeatureID = "contacts"
    /// Reads a page of contacts for the announcement again, after a failed read.
    static let announceTimer: TimerID = "announce"
    /// Asks a network to watch contacts that it could not be asked to watch before.
    static let watchTimer: TimerID = "watch contacts"

    let kernel: Kernel
    let home: HomeStream
    let jobs: JobRunner
    let accounts: Accounts
    let ledger: Ledger
    let direct: DirectMessages
    let states: UserTable<ContactsOfUser>
    /// Users who have unregistered, with the subscriptions that are still to be ended.
    var removals: [UserID: Removal] = [:]
    /// The announcement under way; nil if there is none.
    var announcement: Announcement?
    /// The number of the last announcement.
    var lastAnnouncement = 0
    /// The progress of the goodbyes. Nil while the gateway runs, or if the stream was closed at the beginning of the
    /// shutdown.
    var goodbyes: Goodbyes?

    /// A subscription that the registry is storing.
    private struct Subscription: Note {
        let sender: Sender
        let localpart: String
        /// Whether the subscription was counted in `User.rows`.
        let isCounted: Bool
    }

    init(
        _ kernel: Kernel, _ home: HomeStream, _ jobs: JobRunner, _ accounts: Accounts, _ ledger: Ledger,
        _ direct: DirectMessages
    ) {
        self.kernel = kernel
        self.home = home
        self.jobs = jobs
        self.accounts = accounts
        self.ledger = ledger
        self.direct = direct
        states = UserTable(kernel)
    }

    func register(in routes: inout Routes) {
        let addresses: TargetKinds = [.gateway, .network, .peer]
        routes.presence([.subscribe], to: .all) { [self] in subscribe($0, $1, $2) }
        routes.presence([.unsubscribe], to: .all) { [self] in unsubscribe($0, $1, $2) }
        routes.presence([.probe], to: addresses) { [self] in probed($0, $1, $2) }
        routes.presence([.available], to: addresses) { [self] in appeared($0, $1, $2) }
        routes.events { $0.peer = { [self] in personChanged($0, $1, $3) } }
        routes.moments.userLoaded.append { [self] in load($0, $1) }
        routes.moments.unregistered.append { [self] in endSubscriptions(of: $0) }
        routes.moments.linkOpened.append { [self] in linkOpened() }
        routes.moments.linkClosed.append { [self] in linkClosed() }
        routes.moments.stopping.append { [self] _ in announce(.departure) }
        routes.moments.networkChanged.append { [self] in networkChanged($0, $1) }
        routes.slices(Self.id) { [self] in doSlice($0, of: $1) }
        routes.timer(Self.announceTimer) { [self] in announceDue() }
        routes.timer(Self.watchTimer, about: Watch.self) { [self] in watchDue($0) }
        routes.notes(Self.id, NoteRoutes(committed: { [self] in subscribed($0, $1) }, read: { [self] in read($0, $1) }))
    }

    private func load(_ user: User, _ stored: UserRecord) {
        guard !stored.contacts.isEmpty else { return }
        state(of: user).localparts = Set(stored.contacts.map(\.localpart))
        user.rows += stored.contacts.count
    }

    /// The contacts of a user. Makes the state if the user has none yet.
    func state(of user: User) -> ContactsOfUser {
        if let state = states[user] { return state }
        let state = ContactsOfUser()
        states[user] = state
        return state
    }

    /// Whether the user has at least one stored contact.
    func hasContacts(_ user: User) -> Bool { states[user]?.localparts.isEmpty == false }

    /// Whether the user has this contact. The localpart is raw; empty for the gateway itself.
    func has(_ localpart: String, _ user: User) -> Bool { states[user]?.localparts.contains(localpart) ?? false }

    private func record(_ localpart: String, _ user: User) -> ContactRecord {
        ContactRecord(gateway: kernel.gateway, user: user.id, localpart: localpart)
    }

    // MARK: Subscriptions

    private func subscribe(_ presence: Presence, _ user: User, _ target: Target) {
        guard let sender = Sender(presence.head) else { return }
        do throws(StanzaError) {
            let localpart = kernel.addresses.localpart(of: target)
            let isNew = !has(localpart, user)
            try mayContact(target, user, isNew: isNew)
            let state = state(of: user)
            // The row is counted before it is stored, so that many subscriptions at once stay within the limit.
            if isNew { user.rows += 1 }
            state.pending += 1
            state.withdrawnLocalparts.remove(localpart)
            let note = Subscription(sender: sender, localpart: localpart, isCounted: isNew)
            kernel.commit(.saveContact(record(localpart, user)), of: user, .note(NoteSlip(Self.id, note)))
        } catch {
            home.refuse(presence, error)
        }
    }

    private func mayContact(_ target: Target, _ user: User, isNew: Bool) throws(StanzaError) {
        switch target {
        case .room, .occupant:
            throw StanzaError(.cancel, .notAllowed, "Join the room instead of subscribing to it.")
        case .peer: try accounts.admit(user)
        case .gateway, .network: break
        }
        guard isNew else { return }
        let limit = kernel.settings.limits.contactsPerUser
        let state = state(of: user)
        guard state.localparts.count + state.pending < limit else {
            kernel.overLimit("contacts", user.jid)
            let words = "You have \(limit) contacts here, which is the limit. Remove one first."
            throw StanzaError(.wait, .policyViolation, words)
        }
        guard kernel.hasRows(1, user) else {
            kernel.overLimit("rows", user.jid)
            throw .tooManyRows(kernel.settings.limits.rowsPerUser)
        }
    }

    private func subscribed(_ note: any Note, _ result: Result<ChangeReply, RegistryError>) {
        guard let note = note as? Subscription, let user = kernel.users[note.sender.jid] else { return }
        let state = state(of: user)
        state.pending -= 1
        defer { if state.pending == 0 { state.withdrawnLocalparts = [] } }
        if case .failure = result {
            if note.isCounted { user.rows -= 1 }
            let words = "The gateway cannot store contacts now. Try again later."
            return home.refusePresence(of: note.sender, StanzaError(.wait, .resourceConstraint, words))
        }
        // The row does not count if the user has withdrawn the subscription meanwhile, or if another subscription to
        // the same contact was stored first.
        let isWithdrawn = state.withdrawnLocalparts.contains(note.localpart)
        let isNew = !isWithdrawn && state.localparts.insert(note.localpart).inserted
        if note.isCounted, !isNew { user.rows -= 1 }
        if isWithdrawn { return }
        let (to, from) = (note.sender.jid.bare, note.sender.target.bare)
        home.send(Presence(StanzaHead(to: to, from: from, id: note.sender.id), type: .subscribed))
        sendPresence(of: note.localpart, as: from, to: to, user)
        if let network = network(of: note.localpart) { watchContacts(on: network, user) }
        // The gateway subscribes in turn, because it needs the presence of its users (XEP-0100 §4.1.1).
        if note.localpart.isEmpty {
            let name = Nickname("\(kernel.description.name) gateway").element
            home.send(Presence(StanzaHead(to: to, from: from), type: .subscribe, payload: [name]))
        }
    }

    private func unsubscribe(_ presence: Presence, _ user: User, _ target: Target) {
        guard let from = presence.head.from, let to = presence.head.to else { return }
        let localpart = kernel.addresses.localpart(of: target)
        if let state = states[user] {
            let isKnown = state.localparts.remove(localpart) != nil
            if isKnown { user.rows -= 1 }
            // The registry may still be storing a subscription to this contact. `subscribed` must then not add the
            // contact.
            if state.pending > 0 { state.withdrawnLocalparts.insert(localpart) }
            state.availability[localpart] = nil
            if isKnown, let network = network(of: localpart) { watchContacts(on: network, user) }
            if isKnown || state.pending > 0 { kernel.commit(.removeContact(record(localpart, user)), of: user) }
        }
        home.send(Presence(StanzaHead(to: from.bare, from: to.bare), type: .unsubscribed))
        home.send(Presence(StanzaHead(to: from.bare, from: to.bare), type: .unavailable))
    }

    // MARK: Presence

    private func probed(_ presence: Presence, _ user: User, _ target: Target) {
        guard let from = presence.head.from, let to = presence.head.to else { return }
        let localpart = kernel.addresses.localpart(of: target)
        guard has(localpart, user) else {
            return home.send(Presence(StanzaHead(to: from.bare, from: to.bare), type: .unsubscribed))
        }
        sendPresence(of: localpart, as: to.bare, to: from, user)
    }

    /// A resource of the user has become available. It gets the messages that the home server returned, and, if its
    /// presence went to the gateway itself, the presence of all contacts.
    private func appeared(_ presence: Presence, _ user: User, _ target: Target) {
        ledger.sendReturned(to: user.id)
        guard case .gateway = target else { return kernel.count(.stanzasIgnored) }
        guard hasContacts(user), let from = presence.head.from else { return }
        guard mayQueueContacts(for: from, user) else {
            let words = "Too many of your clients ask for your contacts at once. Try again in a moment."
            return home.refuse(presence, StanzaError(.wait, .policyViolation, words))
        }
        jobs.start(SlicedJob(Self.id, Job.all(for: from)), for: user.id)
    }

    /// The network of a person or network that is a contact; nil for the gateway.
    private func network(of localpart: String) -> NetworkID? {
        localpart.isEmpty ? nil : (try? kernel.rules.address(localpart: localpart))?.network
    }

    /// Sends the present availability of a contact. A contact whose presence is unknown counts as unavailable.
    func sendPresence(of localpart: String, as address: JID, to: JID, _ user: User) {
        let head = StanzaHead(to: to, from: present(localpart, as: address))
        switch knowledge(of: localpart, user) {
        case .available: home.send(Presence(head, type: .available))
        case .away(let text): home.send(Presence(head, type: .available, show: .away, status: text))
        case .unavailable, .unknown: home.send(Presence(head, type: .unavailable))
        }
    }

    /// Whether a contact is available.
    ///
    /// - Parameter user: nil if the user is not loaded.
    func isAvailable(_ localpart: String, _ user: User?) -> Bool {
        switch knowledge(of: localpart, user) {
        case .available, .away: true
        case .unavailable, .unknown: false
        }
    }
}
