import GatewayKit
import Logging
import Registry
import XML
import XMPP

/// Puts the gateway and people into the rosters of users, so that the users need not confirm each of them.
///
/// The gateway uses the first way that works:
///
/// 1. The server lets the gateway change rosters (XEP-0356).
/// 2. The user lets the gateway manage its part of the roster (XEP-0321).
/// 3. The gateway sends a subscription request for itself, and proposes people to clients with roster item exchange
///    (XEP-0144).
final class Rosters: Feature {
    static let id: FeatureID = "rosters"

    let kernel: Kernel
    let home: HomeStream
    let privileges: Privileges
    let contacts: Contacts
    let ledger: Ledger
    let states: UserTable<RosterOfUser>

    /// A query to the user's server or to a client of the user, for which the gateway waits.
    enum Pending: Note {
        case change(UserID, JID, isRemoval: Bool)
        case request(UserID)
        case features(UserID, JID)
        case roster(UserID)
        /// The roster is read to find the entries of a user who has unregistered.
        case ending(UserID)

        var user: UserID {
            switch self {
            case .change(let user, _, isRemoval: _), .request(let user), .features(let user, _), .roster(let user),
                .ending(let user):
                user
            }
        }
    }

    /// Called when the user's server has added a person at the user's wish, or has refused that.
    private var addedSubscriber: (JID, _ isAdded: Bool, Asker, User) -> Void = { _, _, _, _ in }

    init(
        _ kernel: Kernel, _ home: HomeStream, _ privileges: Privileges, _ contacts: Contacts, _ ledger: Ledger
    ) {
        self.kernel = kernel
        self.home = home
        self.privileges = privileges
        self.contacts = contacts
        self.ledger = ledger
        states = UserTable(kernel)
    }

    func register(in routes: inout Routes) {
        guard kernel.settings.roster != .off else {
            return routes.moments.registered.append { [self] in contacts.askForPresence(of: $0) }
        }
        routes.notes(
            Self.id, NoteRoutes(answered: { [self] in answered($0, $1) }, notAsked: { [self] in answered($0, nil) }))
        routes.query(.set, "query", RosterManagement.namespace, on: .gateway, isAdvertised: false) {
            [self] query throws(StanzaError) in try permitted(query)
        }
        routes.query(.set, "query", RosterItem.namespace, on: .gateway, isAdvertised: false) {
            [self] query throws(StanzaError) in try pushed(query)
        }
        routes.moments.registered.append { [self] in registered($0) }
        routes.moments.presenceSeen.append { [self] in seen($0, $1, $2) }
        routes.moments.linkClosed.append { [self] in linkClosed() }
        routes.moments.keepsUser.append { [self] in states[$0]?.isBusy == true }
        routes.moments.met.append { [self] in met($0, $1, $2) }
        routes.timer(Self.readTimer, about: UserID.self) { [self] in readDue($0) }
        routes.timer(Self.nameTimer, about: UserID.self) { [self] in nameDue($0) }
        contacts.whenSubscribed { [self] user, _ in nameContacts(of: user) }
        contacts.whenAddedFromRoster { [self] in tellAdded($1, $2, $0) }
        privileges.whenGranted { [self] in granted(by: $0) }
        contacts.whenEnding { [self] in ending($1, of: $0) }
    }

    func close() { addedSubscriber = { _, _, _, _ in } }

    /// Sets the function that learns the outcomes of `add`.
    func whenAdded(_ subscriber: @escaping (JID, _ isAdded: Bool, Asker, User) -> Void) { addedSubscriber = subscriber }

    /// The unfinished work on the roster of a user. Makes the state if the user has none yet.
    func state(of user: User) -> RosterOfUser {
        if let state = states[user] { return state }
        let state = RosterOfUser()
        states[user] = state
        return state
    }

    // MARK: Wishes

    /// Whether the gateway can add people to the user's roster without a question.
    func mayAdd(_ user: User) -> Bool {
        kernel.settings.roster != .off && kernel.isLinkOpen && isPrivileged(user, state(of: user))
    }

    /// Adds a person to the roster at the user's wish. Call it only if `mayAdd`. The function set by `whenAdded` gets
    /// the outcome.
    ///
    /// - Returns: false if too many contacts wait, or if a command is adding this person already.
    func add(_ localpart: String, _ jid: JID, for asker: Asker, _ user: User) -> Bool {
        let state = state(of: user)
        guard state.askers[jid] == nil, state.wishes.count < RosterOfUser.most else { return false }
        state.askers[jid] = asker
        wishPerson(localpart, jid, ledger.peer(user, localpart)?.displayName, user)
        return true
    }

    private func registered(_ user: User) {
        guard !contacts.has("", user) else { return }
        wish(RosterItem(kernel.settings.domain, name: "\(kernel.description.name) gateway", subscription: .both), user)
    }

    /// A person has exchanged a first text with the user.
    private func met(_ user: User, _ localpart: String, _ displayName: String?) {
        // The network may have told a better name.
        guard !contacts.has(localpart, user) else { return nameContacts(of: user) }
        guard kernel.settings.roster == .people, let jid = kernel.addresses.jid(localpart: localpart) else { return }
        wishPerson(localpart, jid, displayName, user)
    }

    private func wishPerson(_ localpart: String, _ jid: JID, _ displayName: String?, _ user: User) {
        let name = kernel.title(of: localpart, displayName: displayName)
        wish(RosterItem(jid, name: name, subscription: .both, groups: [kernel.description.name]), user)
    }

    func wish(_ item: RosterItem, _ user: User) {
        let state = state(of: user)
        guard state.wishes.count < RosterOfUser.most, state.wishes.append(item) else { return }
        next(user)
    }

    // MARK: Ways

    /// Takes the first way that may work. Does nothing while a query waits.
    func next(_ user: User) {
        guard kernel.isLinkOpen, let state = states[user], !state.isBusy else { return }
        if !state.ending.isEmpty { return findEnding(user, state) }
        let mayChange = isPrivileged(user, state) || state.management == .allowed
        if !mayChange { giveUpAdditions(user, state) }
        if !mayChange { state.wishes.dropFirstRemovals() }
        guard let item = state.wishes.first else { return }
        if mayChange { return change(item, user, state) }
        switch state.management {
        case .unasked: requestManagement(user, state)
        case .asked: break
        case .allowed, .refused: askLikeContact(user, state)
        }
    }

    /// Whether the server lets the gateway change the user's roster.
    func isPrivileged(_ user: User, _ state: RosterOfUser) -> Bool {
        !state.serverRefusesChanges && privileges.grant(for: user.jid)?.roster.contains(.set) == true
    }

    /// Drops the additions that commands wait for, because the gateway may not change the roster any more.
    private func giveUpAdditions(_ user: User, _ state: RosterOfUser) {
        let askers = state.askers
        guard !askers.isEmpty else { return }
        state.askers = [:]
        state.wishes.dropAdditions { askers[$0] != nil }
        for (jid, asker) in askers { addedSubscriber(jid, false, asker, user) }
    }

    private func change(_ item: RosterItem, _ user: User, _ state: RosterOfUser) {
        state.isBusy = true
        let query = RosterQuery([item]).element
        let pending = Pending.change(user.id, item.jid, isRemoval: item.subscription == .remove)
        ask(IQ(StanzaHead(to: user.jid, from: kernel.settings.domain), type: .set, payload: [query]), pending)
    }

    private func requestManagement(_ user: User, _ state: RosterOfUser) {
        state.management = .asked
        let reason = "The \(kernel.description.name) gateway adds itself and its contacts to your contact list."
        let request = RosterManagement(.request, reason: reason).element
        let iq = IQ(StanzaHead(to: user.jid, from: kernel.settings.domain), type: .set, payload: [request])
        ask(iq, .request(user.id))
    }

    /// The gateway asks for the user's presence. People wait for a client that takes proposals.
    private func askLikeContact(_ user: User, _ state: RosterOfUser) {
        guard state.wishes.remove(kernel.settings.domain, isRemoval: false) != nil else { return }
        contacts.askForPresence(of: user)
    }

    func ask(_ iq: IQ, _ pending: Pending) {
        kernel.order(.query(iq, deadline: Privileges.timeout, .note(NoteSlip(Self.id, pending))))
    }

    // MARK: Answers

    private func answered(_ note: any Note, _ answer: IQ?) {
        guard let pending = note as? Pending, let user = kernel.users[pending.user], let state = states[user] else {
            return
        }
        let isResult = answer?.type == .result
        switch pending {
        case .change(_, let jid, let isRemoval):
            state.isBusy = false
            changed(jid, isRemoval: isRemoval, isResult, answer, user, state)
        case .request:
            if !isResult, state.management == .asked { state.management = .refused }
        case .features(_, let client): receivedFeatures(of: client, answer, user, state)
        case .roster: hasRoster(isResult ? answer : nil, user, state)
        case .ending: foundEnding(isResult ? answer : nil, user, state)
        }
        next(user)
    }

    private func changed(
        _ jid: JID, isRemoval: Bool, _ isResult: Bool, _ answer: IQ?, _ user: User, _ state: RosterOfUser
    ) {
        // The user may have unregistered meanwhile, and so the wish may have gone.
        guard !isRemoval else { return _ = state.wishes.remove(jid, isRemoval: true) }
        guard state.wishes.addition(of: jid) != nil else { return }
        if isResult {
            guard let item = state.wishes.remove(jid, isRemoval: false) else { return }
            if state.given.count < RosterOfUser.most { state.given[jid] = item.name }
            if !contacts.addFromRoster(jid, user) { tellAdded(jid, true, user) }
            return
        }
        // A contact stays one without a name, and the server gets no further names.
        if isContact(jid, user) {
            state.wishes.dropAdditions { isContact($0, user) }
            state.naming = .refused
            return
        }
        kernel.log(
            .notice, "the XMPP server does not let the gateway change a roster; the gateway asks the user instead",
            ["user": "\(user.id)", "error": "\(answer?.stanzaError?.condition.rawValue ?? "no answer")"])
        if state.management == .allowed { state.management = .refused } else { state.serverRefusesChanges = true }
    }

    /// Tells the command that has asked for a person that the person is a contact now.
    private func tellAdded(_ jid: JID, _ isStored: Bool, _ user: User) {
        guard let asker = states[user]?.askers.removeValue(forKey: jid) else { return }
        addedSubscriber(jid, isStored, asker, user)
    }

    private func isContact(_ jid: JID, _ user: User) -> Bool {
        guard case .success(let target) = kernel.target(of: jid) else { return false }
        return contacts.has(kernel.addresses.localpart(of: target), user)
    }

    /// A server has granted privileges. Wishes that have waited for them can be carried out.
    private func granted(by domain: String) {
        for user in kernel.users.loaded where user.jid.domain == domain && states[user] != nil {
            states[user]?.serverRefusesChanges = false
            next(user)
        }
    }

    /// All queries are lost with the stream.
    private func linkClosed() {
        for user in kernel.users.loaded {
            guard let state = states[user] else { continue }
            state.isBusy = false
            state.naming = .idle
            state.unnamed = []
            state.isNamed = false
            state.askedClients = []
            if state.management == .asked { state.management = .unasked }
            // New names wait for the next look at the roster.
            state.wishes.dropAdditions { isContact($0, user) }
        }
    }
}
