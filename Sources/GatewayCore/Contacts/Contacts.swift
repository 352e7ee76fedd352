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
    let clients: Clients
    let blockLists: BlockLists
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

    /// Called with a user who has unregistered, and with the raw localparts of the user's contacts.
    private(set) var endSubscribers: [(User, [String]) -> Void] = []

    /// Called when the registry has stored, or could not store, a contact that the gateway has put into the user's
    /// roster.
    private(set) var rosterSubscribers: [(User, JID, _ isStored: Bool) -> Void] = []

    /// Called when a user has become subscribed to an address, with the user and the raw localpart of the address.
    private(set) var subscribedSubscribers: [(User, String) -> Void] = []

    init(
        _ kernel: Kernel, _ home: HomeStream, _ jobs: JobRunner, _ accounts: Accounts, _ ledger: Ledger,
        _ direct: DirectMessages, _ clients: Clients, _ blockLists: BlockLists
    ) {
        self.kernel = kernel
        self.home = home
        self.jobs = jobs
        self.accounts = accounts
        self.ledger = ledger
        self.direct = direct
        self.clients = clients
        self.blockLists = blockLists
        states = UserTable(kernel)
    }

    func register(in routes: inout Routes) {
        let addresses: TargetKinds = [.gateway, .network, .peer]
        routes.presence([.subscribe], to: .all) { [self] in subscribe($0, $1, $2) }
        routes.presence([.unsubscribe], to: .all) { [self] in unsubscribe($0, $1, $2) }
        routes.presence([.probe], to: addresses) { [self] in probed($0, $1, $2) }
        routes.presence([.available], to: addresses) { [self] in appeared($0, $1, $2) }
        routes.presence([.unavailable], to: [.gateway, .network]) { [self] in disappeared($0, $1, $2) }
        routes.presence([.subscribed, .unsubscribed], to: addresses) { [self] in answered($0, $1, $2) }
        routes.events { $0.peer = { [self] in personChanged($0, $1, $3) } }
        routes.moments.userLoaded.append { [self] in load($0, $1) }
        routes.moments.registered.append { [self] in takeUpRefused(of: $0) }
        routes.moments.unregistered.append { [self] in endSubscriptions(of: $0) }
        routes.moments.linkOpened.append { [self] in linkOpened() }
        routes.moments.linkClosed.append { [self] in linkClosed() }
        routes.moments.resourceGone.append { [self] client, _ in clientGone(client) }
        routes.moments.stopping.append { [self] _ in announce(.departure) }
        routes.moments.networkChanged.append { [self] in networkChanged($0, $1) }
        blockLists.whenChanged { [self] in blocksChanged($0, $1) }
        routes.slices(Self.id) { [self] in doSlice($0, of: $1) }
        routes.timer(Self.announceTimer) { [self] in announceDue() }
        routes.timer(Self.watchTimer, about: Watch.self) { [self] in watchDue($0) }
        routes.notes(Self.id, NoteRoutes(committed: { [self] in stored($0, $1) }, read: { [self] in read($0, $1) }))
    }

    func close() {
        endSubscribers = []
        subscribedSubscribers = []
        rosterSubscribers = []
    }

    /// Calls the subscriber when the registry has stored, or could not store, a contact of `addFromRoster`.
    func whenAddedFromRoster(_ subscriber: @escaping (User, JID, _ isStored: Bool) -> Void) {
        rosterSubscribers.append(subscriber)
    }

    /// Calls the subscriber when a subscription of a user has been accepted, with its raw localpart.
    func whenSubscribed(_ subscriber: @escaping (User, String) -> Void) { subscribedSubscribers.append(subscriber) }

    /// Calls the subscriber when a user has unregistered, with the raw localparts of the user's contacts.
    func whenEnding(_ subscriber: @escaping (User, [String]) -> Void) { endSubscribers.append(subscriber) }

    private func load(_ user: User, _ stored: UserRecord) {
        guard !stored.contacts.isEmpty else { return }
        let state = state(of: user)
        for contact in stored.contacts {
            let reverse = SubscriptionState.Direction(rawValue: contact.reverse.rawValue) ?? .none
            state.load(contact.localpart, isSubscribed: contact.isSubscribed, reverse: reverse)
        }
        user.rows += stored.contacts.count
    }

    /// The contacts of a user. Makes the state if the user has none yet.
    func state(of user: User) -> ContactsOfUser {
        if let state = states[user] { return state }
        let state = ContactsOfUser()
        states[user] = state
        return state
    }

    /// Whether the user is subscribed to the presence of at least one address.
    func hasContacts(_ user: User) -> Bool { states[user]?.hasSubscriptions == true }

    /// Whether the user is subscribed to the presence of an address. The localpart is raw; empty for the gateway
    /// itself.
    func has(_ localpart: String, _ user: User) -> Bool { states[user]?.has(localpart) ?? false }

    /// Raw localparts of the people whose presence the user is subscribed to.
    func people(of user: User) -> [String] {
        (states[user]?.localparts ?? []).filter { localpart in
            guard !localpart.isEmpty, case .peer? = try? kernel.rules.address(localpart: localpart) else {
                return false
            }
            return true
        }
    }

    // MARK: Presence

    private func probed(_ presence: Presence, _ user: User, _ target: Target) {
        guard let from = presence.head.from, let to = presence.head.to else { return }
        let localpart = kernel.addresses.localpart(of: target)
        guard has(localpart, user) else {
            return home.send(Presence(StanzaHead(to: from.bare, from: to.bare), type: .unsubscribed))
        }
        guard mustAnswer(from, localpart, user) else { return kernel.count(.stanzasIgnored) }
        sendPresence(of: localpart, as: to.bare, to: from, user)
    }

    /// Whether a probe needs an answer of its own. At a login, the server sends probes in the client's name and the
    /// client's presence, in either order. The presence is answered with that of all contacts, so each of them would
    /// come twice.
    private func mustAnswer(_ client: JID, _ localpart: String, _ user: User) -> Bool {
        guard client.resource != nil else { return true }
        let state = state(of: user)
        let now = kernel.world.now()
        let isGreeted =
            jobs.has(SlicedJob(Self.id, Job.all(for: client)), of: user.id)
            || state.hasJustGreeted(client.resource, at: now)
        // The greeting of the client has left out the contacts whose presence all clients have got a moment ago.
        if isGreeted, !state.wasJustShown(localpart, at: now) {
            return false
        }
        state.answeredProbe(client.resource, localpart, at: now)
        return true
    }

    /// A resource of the user is available. It gets the messages that the home server returned, and, if its presence
    /// went to the gateway itself, the presence of all contacts. It gets that once: a client that shows another presence
    /// has it already, and two gateways that are each other's users would answer each other for ever.
    private func appeared(_ presence: Presence, _ user: User, _ target: Target) {
        ledger.sendReturned(to: user.id, client: presence.head.from)
        if let from = presence.head.from, let to = presence.head.to { kernel.answeredUnavailables.forget(from, at: to) }
        guard case .gateway = target else { return kernel.count(.stanzasIgnored) }
        guard hasContacts(user), let from = presence.head.from else { return }
        let state = state(of: user)
        guard !state.isGreeted(from.resource) else { return kernel.count(.stanzasIgnored) }
        guard mayQueueContacts(for: from, user) else {
            let words = "Too many of your clients ask for your contacts at once. Try again in a moment."
            return home.refuse(presence, StanzaError(.policyViolation, as: .temporary, words))
        }
        state.markGreeted(from.resource, at: kernel.world.now())
        jobs.start(SlicedJob(Self.id, Job.all(for: from)), for: user.id)
    }

    /// A client of the user has become unavailable. The gateway and its networks say goodbye to it (XEP-0100 §4.5).
    private func disappeared(_ presence: Presence, _ user: User, _ target: Target) {
        if case .gateway = target { states[user]?.forgetGreeted(presence.head.from?.resource) }
        guard let from = presence.head.from, from.resource != nil, let to = presence.head.to,
            kernel.answeredUnavailables.mustAnswer(from, at: to, now: kernel.world.now())
        else { return kernel.count(.stanzasIgnored) }
        home.send(Presence(StanzaHead(to: from, from: kernel.present(as: to)), type: .unavailable))
    }

    private func clientGone(_ client: JID) {
        guard let user = kernel.users[client] else { return }
        states[user]?.forgetGreeted(client.resource)
    }

    /// The network of a person or network that is a contact; nil for the gateway.
    func network(of localpart: String) -> NetworkID? {
        localpart.isEmpty ? nil : (try? kernel.rules.address(localpart: localpart))?.network
    }

    /// Whether a contact is available.
    ///
    /// - Parameter user: nil if the user is not loaded.
    func isAvailable(_ localpart: String, _ user: User?) -> Bool {
        switch knownPresence(of: localpart, user) {
        case .available, .away: true
        case .unavailable, .unknown: false
        }
    }
}
