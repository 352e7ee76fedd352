import Basics
import GatewayKit
import XML
import XMPP

/// Shows a user as away on the networks while all of the user's clients are away, and as available otherwise.
///
/// It reads the presence that clients send to the gateway, its networks and their rooms (RFC 6121 §4.7.2.1).
final class OwnAvailability: Feature {
    /// A client of a user has not been used for long enough.
    private static let idleTimer: TimerID = "idle clients"
    /// The idle time after which a client counts as away, in seconds.
    private static let longestIdle = 600.0

    private let kernel: Kernel
    private let accounts: Accounts
    private let rooms: Rooms
    private let states: UserTable<ClientAvailabilities>

    /// The availability of each client of a user, and the availability that the networks have been told.
    private final class ClientAvailabilities {
        var clients: [String: Availability] = [:]
        /// The idle clients: the start of the idle time, and the availability that is shown after `longestIdle`.
        var idle: [String: (since: Double, availability: Availability)] = [:]
        /// Whether `idleTimer` runs for the user.
        var isTimerRunning = false
        var toldNetworks = Availability.available

        /// Maximum of clients. Presence of further ones is ignored.
        static let most = 20

        /// The availability of the most available client, which is that of the user; nil while no client is known.
        var availability: Availability? {
            if clients.values.contains(.available) { return .available }
            // Sorted, so that the same clients give the same text.
            return clients.sorted { $0.key < $1.key }.first?.value
        }
    }

    init(_ kernel: Kernel, _ accounts: Accounts, _ rooms: Rooms) {
        self.kernel = kernel
        self.accounts = accounts
        self.rooms = rooms
        states = UserTable(kernel)
    }

    func register(in routes: inout Routes) {
        routes.moments.presenceSeen.append { [self] in seen($0, $1, $2) }
        routes.moments.networkChanged.append { [self] in networkChanged($0, $1) }
        routes.moments.unregistered.append { [self] in states[$0] = nil }
        routes.timer(Self.idleTimer, about: UserID.self) { [self] in idleDue($0) }
    }

    private func seen(_ presence: Presence, _ user: User, _ target: Target) {
        guard let resource = presence.head.from?.resource else {
            // The server says that no client is available (RFC 6121 §4.3.2).
            if presence.type == .unavailable, target == .gateway {
                states[user]?.clients = [:]
                states[user]?.idle = [:]
            }
            return
        }
        switch presence.type {
        case .available:
            note(presence.availability, of: resource, user)
            noteIdle(presence, of: resource, user)
        case .unavailable:
            // A client that leaves one room may still be in others.
            guard target == .gateway || !isInRoom(presence.head.from, user) else { return }
            states[user]?.clients[resource] = nil
            states[user]?.idle[resource] = nil
        default: return
        }
        let told = tellNetworks(user)
        if presence.type == .available { reflect(presence, told, user, target) }
    }

    /// Shows a client the user's occupant in a room, as the answer to a presence that changes nothing there (XEP-0045
    /// §7.7). If a network has been told of a change, it shows the change itself.
    private func reflect(_ presence: Presence, _ told: [NetworkID], _ user: User, _ target: Target) {
        guard case .occupant(let address, let nick) = target, !told.contains(address.network),
            presence.first("x", namespace: MUCJoin.namespace) == nil, let client = presence.head.from
        else { return }
        rooms.showOwn(nick, in: address, to: client, user)
    }

    private func note(_ availability: Availability, of resource: String, _ user: User) {
        guard let state = states[user] else {
            // Networks assume that a user is available, so an available user needs no state.
            guard availability != .available else { return }
            let state = ClientAvailabilities()
            state.clients[resource] = availability
            return states[user] = state
        }
        guard state.clients[resource] != nil || state.clients.count < ClientAvailabilities.most else { return }
        state.clients[resource] = availability
    }

    // MARK: Idle clients (XEP-0319)

    /// Notes whether an available client is idle or in use.
    private func noteIdle(_ presence: Presence, of resource: String, _ user: User) {
        guard let since = presence.idleSince, presence.availability == .available else {
            states[user]?.idle[resource] = nil
            return
        }
        let state = states[user] ?? ClientAvailabilities()
        states[user] = state
        guard state.clients[resource] != nil || state.clients.count < ClientAvailabilities.most else { return }
        state.clients[resource] = .available
        state.idle[resource] = (since, presence.away)
        updateIdle(state, user)
    }

    /// Shows the clients as away that have been idle for long enough, and starts the timer for the next one.
    private func updateIdle(_ state: ClientAvailabilities, _ user: User) {
        let now = kernel.world.now().secondsSince1970
        for (resource, idle) in state.idle where idle.since + Self.longestIdle <= now {
            state.clients[resource] = idle.availability
            state.idle[resource] = nil
        }
        guard !state.isTimerRunning, let next = state.idle.values.map(\.since).min() else { return }
        state.isTimerRunning = true
        // A client's clock may be wrong.
        let wait = min(max(1, next + Self.longestIdle - now), Self.longestIdle)
        kernel.startTimer(Self.idleTimer, about: user.id, after: .seconds(wait))
    }

    private func idleDue(_ id: UserID) {
        guard let user = kernel.users[id], let state = states[user] else { return }
        state.isTimerRunning = false
        updateIdle(state, user)
        tellNetworks(user)
    }

    private func isInRoom(_ client: JID?, _ user: User) -> Bool {
        guard let client else { return false }
        return rooms.rooms(of: user).contains { $0.member(client) != nil }
    }

    /// Tells the networks if the user's availability has changed. Returns the networks that were told.
    @discardableResult
    private func tellNetworks(_ user: User) -> [NetworkID] {
        guard let state = states[user], let availability = state.availability, availability != state.toldNetworks else {
            return []
        }
        state.toldNetworks = availability
        return accounts.networksOnline(of: user).filter { tell(availability, $0, user) }
    }

    /// Tells a network that has come up that the user is away. Networks assume that a user is available.
    private func networkChanged(_ account: AccountID, _ user: User) {
        guard let state = states[user], state.toldNetworks != .available, accounts.isOnline(user, on: account.network)
        else {
            return
        }
        tell(state.toldNetworks, account.network, user)
    }

    /// Returns whether the network was told.
    @discardableResult
    private func tell(_ availability: Availability, _ network: NetworkID, _ user: User) -> Bool {
        let capabilities = accounts.capabilities(of: .network(network), on: network, user)
        guard let grade = capabilities?[.presence], grade >= .fallback, accounts.mayAsk(user) else { return false }
        let account = accounts.account(of: user, on: network)
        accounts.performUnchecked(.presence(availability), of: user, as: account, then: .none)
        return true
    }
}

extension Presence {
    /// The availability that a client's presence shows.
    fileprivate var availability: Availability {
        switch show {
        case nil, .chat: .available
        case .away, .xa, .dnd: away
        }
    }

    /// The absence with the text of the presence, of at most 300 characters.
    fileprivate var away: Availability { .away(status.map { String($0.prefix(300)) }) }

    /// The start of the idle time of the client (XEP-0319 §3), in seconds since 1970.
    fileprivate var idleSince: Double? {
        first("idle", namespace: "urn:xmpp:idle:1")?[attribute: "since"].flatMap(DateTime.parse)
    }
}
