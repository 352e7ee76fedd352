import GatewayKit
import Registry
import XMPP

/// Tells clients the names of people (XEP-0172), as the account of a person would publish them (XEP-0163 §4.3). Some
/// clients show no other name for a contact that has none in the roster.
///
/// Only clients that say in their capabilities that they want such news get them (`…nick+notify`). A client gets the
/// names of all contacts when it comes, and the name of a new contact when the user is subscribed to it. It also gets
/// the names of people who write to the user and are no contacts.
final class Nicknames: Feature {
    private static let id: FeatureID = "nicknames"
    /// The feature of a client that wants the names of contacts.
    private static let notify = Nickname.namespace + "+notify"

    private let kernel: Kernel
    private let home: HomeStream
    private let jobs: JobRunner
    private let ledger: Ledger
    private let contacts: Contacts
    private let states: UserTable<NicknamesOfUser>
    private var wants = KnownWishes()

    /// A client that is asked for its features, with the capabilities that it has announced.
    private struct Pending: Note {
        let client: JID
        let verification: String
    }

    /// The names of all contacts, for one client.
    private struct Job: Hashable { let client: JID }

    init(_ kernel: Kernel, _ home: HomeStream, _ jobs: JobRunner, _ ledger: Ledger, _ contacts: Contacts) {
        self.kernel = kernel
        self.home = home
        self.jobs = jobs
        self.ledger = ledger
        self.contacts = contacts
        states = UserTable(kernel)
    }

    func register(in routes: inout Routes) {
        routes.moments.presenceSeen.append { [self] in seen($0, $1, $2) }
        routes.moments.resourceGone.append { [self] client, _ in gone(client) }
        routes.moments.linkClosed.append { [self] in linkClosed() }
        routes.moments.introduced.append { [self] in tell($1, $0) }
        contacts.whenSubscribed { [self] in tell($1, $0) }
        routes.slices(Self.id) { [self] in doSlice($0, of: $1) }
        routes.notes(
            Self.id, NoteRoutes(answered: { [self] in answered($0, $1) }, notAsked: { [self] in answered($0, nil) }))
    }

    // MARK: Clients

    private func seen(_ presence: Presence, _ user: User, _ target: Target) {
        guard case .gateway = target, let client = presence.head.from, let resource = client.resource else { return }
        guard presence.type == .available else { return gone(client) }
        let capabilities = presence.first("c", namespace: EntityCapabilities.namespace)
        guard let capabilities = capabilities.flatMap({ try? EntityCapabilities($0) }),
            contacts.hasContacts(user) || states[user] != nil
        else { return }
        let state = states[user] ?? NicknamesOfUser()
        states[user] = state
        let isNew = state.clients[resource]?.verification != capabilities.verification
        guard isNew, state.clients[resource] != nil || state.clients.count < NicknamesOfUser.most else { return }
        state.clients[resource] = NicknamesOfUser.Client(verification: capabilities.verification)
        if let isWanted = wants[capabilities.verification] {
            if isWanted { begin(client, user, state) }
        } else {
            askForFeatures(of: client, capabilities)
        }
    }

    private func askForFeatures(of client: JID, _ capabilities: EntityCapabilities) {
        let node = "\(capabilities.node)#\(capabilities.verification)"
        let head = StanzaHead(to: client, from: kernel.settings.domain)
        let note = NoteSlip(Self.id, Pending(client: client, verification: capabilities.verification))
        kernel.order(
            .query(
                IQ(head, type: .get, payload: [DiscoInfo(node: node).element]), deadline: Privileges.timeout,
                .note(note)))
    }

    private func answered(_ note: any Note, _ answer: IQ?) {
        guard let note = note as? Pending, answer?.type == .result, let payload = answer?.payload.first,
            let info = try? DiscoInfo(payload)
        else { return }
        let isWanted = info.features.contains(Self.notify)
        // A client can only speak for those whose capabilities have the same hash (XEP-0115 §5.4).
        if EntityCapabilities.isWellFormed(info), EntityCapabilities.verification(of: info) == note.verification {
            wants[note.verification] = isWanted
        }
        guard isWanted, let user = kernel.users[note.client], let state = states[user],
            let resource = note.client.resource, state.clients[resource]?.verification == note.verification
        else { return }
        begin(note.client, user, state)
    }

    private func begin(_ client: JID, _ user: User, _ state: NicknamesOfUser) {
        guard let resource = client.resource else { return }
        state.clients[resource]?.isInterested = true
        jobs.start(SlicedJob(Self.id, Job(client: client)), for: user.id)
    }

    private func gone(_ client: JID) {
        guard let user = kernel.users[client], let resource = client.resource else { return }
        states[user]?.clients[resource] = nil
    }

    /// The gateway learns anew which clients there are.
    private func linkClosed() {
        for user in kernel.users.loaded { states[user] = nil }
    }

    // MARK: Names

    private func doSlice(_ task: AnyHashable, of id: UserID) -> Bool {
        guard let job = task.base as? Job, let user = kernel.users[id], let state = states[user],
            let resource = job.client.resource, state.clients[resource]?.isInterested == true
        else { return true }
        var rest = state.clients[resource]?.remaining ?? contacts.people(of: user)[...]
        let end = jobs.end
        while kernel.orderedCount < end, let localpart = rest.popFirst() {
            // The user may have removed the contact since the job began.
            if contacts.has(localpart, user) { tell(localpart, to: job.client, user) }
        }
        state.clients[resource]?.remaining = rest.isEmpty ? nil : rest
        return rest.isEmpty
    }

    /// Tells the name of a person to all clients that want it.
    private func tell(_ localpart: String, _ user: User) {
        guard kernel.isLinkOpen, let state = states[user] else { return }
        for (resource, client) in state.clients where client.isInterested {
            if let client = try? user.jid.with(resource: resource) { tell(localpart, to: client, user) }
        }
    }

    /// Tells a client the name of a person, if the address does not show it already.
    private func tell(_ localpart: String, to client: JID, _ user: User) {
        guard case .peer(let peer)? = try? kernel.rules.address(localpart: localpart),
            let name = kernel.title(of: localpart, displayName: ledger.peer(user, localpart)?.displayName),
            name != localpart, let from = kernel.addresses.jid(.peer(peer))
        else { return }
        let item = PublishedItem(node: Nickname.namespace, id: "current", payload: Nickname(name).element)
        let head = StanzaHead(to: client, from: from, id: kernel.world.newID())
        home.send(Message(head, type: .headline, payload: [item.event]))
    }
}
