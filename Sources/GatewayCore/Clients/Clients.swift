import GatewayKit
import XMPP

/// Remembers which clients of a user are available, by the presence that they send to the gateway itself (XEP-0100
/// §4.4, §4.5). After a break of the stream it asks for their presence again (RFC 6121 §4.3).
final class Clients: Feature {
    /// Whether a client is available. `unknown` if the gateway does not learn of the user's clients.
    enum ClientState: Equatable { case available, gone, unknown }

    private static let id: FeatureID = "clients"

    private let kernel: Kernel
    private let home: HomeStream
    private let jobs: JobRunner
    private let states: UserTable<ClientsOfUser>

    /// The job that asks for the presence of a user's clients.
    private struct ProbeJob: Hashable {}

    init(_ kernel: Kernel, _ home: HomeStream, _ jobs: JobRunner) {
        self.kernel = kernel
        self.home = home
        self.jobs = jobs
        states = UserTable(kernel)
    }

    func register(in routes: inout Routes) {
        routes.moments.presenceSeen.append { [self] in seen($0, $1, $2) }
        routes.moments.resourceGone.append { [self] from, _ in gone(from) }
        routes.moments.linkOpened.append { [self] in linkOpened() }
        routes.moments.unregistered.append { [self] in states[$0] = nil }
        routes.slices(Self.id) { [self] _, user in probeSlice(user) }
    }

    /// Whether the client with this full JID is available.
    func state(of client: JID) -> ClientState {
        guard let user = kernel.users[client], let state = states[user], let resource = client.resource else {
            return .unknown
        }
        if state.priorities[resource] != nil { return .available }
        return state.isKnown ? .gone : .unknown
    }

    /// Whether the gateway learns of every client of a user.
    func isKnown(_ user: UserID) -> Bool { kernel.users[user].flatMap { states[$0]?.isKnown } ?? false }

    /// The available client of a user with the highest priority; nil if none is known.
    func best(of user: UserID) -> JID? {
        guard let user = kernel.users[user], let state = states[user] else { return nil }
        let best = state.priorities.max { ($0.value, $1.key) < ($1.value, $0.key) }
        return best.flatMap { try? user.jid.with(resource: $0.key) }
    }

    /// Asks the user's server for the presence of all clients (RFC 6121 §4.3). The server answers only if the user has
    /// allowed it.
    func probe(_ user: JID) {
        home.send(Presence(StanzaHead(to: user.bare, from: kernel.settings.domain), type: .probe))
    }

    /// Forgets the clients of a user who does not let the gateway see them any more.
    func forget(_ user: User) { states[user] = nil }

    private func seen(_ presence: Presence, _ user: User, _ target: Target) {
        guard case .gateway = target, let from = presence.head.from else { return }
        switch (presence.type, from.resource) {
        case (.available, let resource?):
            let state = states[user] ?? ClientsOfUser()
            states[user] = state
            state.hasSeenPresence = true
            guard state.priorities[resource] != nil || state.priorities.count < ClientsOfUser.most else {
                return state.isFull = true
            }
            state.priorities[resource] = presence.priority ?? 0
        case (.unavailable, let resource?):
            states[user]?.hasSeenPresence = true
            states[user]?.priorities[resource] = nil
        // The server says that no client is available (RFC 6121 §4.3.2).
        case (.unavailable, nil): states[user]?.forgetAll()
        default: break
        }
    }

    private func gone(_ client: JID) {
        guard let user = kernel.users[client], let resource = client.resource else { return }
        states[user]?.priorities[resource] = nil
    }

    /// Asks for the presence of all clients again: they may have come and gone while the stream was broken.
    private func linkOpened() {
        for user in kernel.users.loaded {
            guard let state = states[user], state.hasSeenPresence else { continue }
            state.hasSeenPresence = false
            state.forgetAll()
            jobs.enqueue(SlicedJob(Self.id, ProbeJob()), for: user.id)
        }
    }

    private func probeSlice(_ user: UserID) -> Bool {
        if let user = kernel.users[user] { probe(user.jid) }
        return true
    }
}
