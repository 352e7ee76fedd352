import GatewayKit
import XMPP

/// Shows a user as away on the networks while all of the user's clients are away, and as available otherwise.
///
/// It reads the presence that clients send to the gateway, its networks and their rooms (RFC 6121 §4.7.2.1).
final class OwnAvailability: Feature {
    private let kernel: Kernel
    private let accounts: Accounts
    private let rooms: Rooms
    private let states: UserTable<ClientsOfUser>

    /// The availability of each client of a user, and the availability that the networks have been told.
    private final class ClientsOfUser {
        var clients: [String: Availability] = [:]
        var told = Availability.available

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
    }

    private func seen(_ presence: Presence, _ user: User, _ target: Target) {
        guard let resource = presence.head.from?.resource else { return }
        switch presence.type {
        case .available: note(presence.availability, of: resource, user)
        case .unavailable:
            // A client that leaves one room may still be in others.
            guard target == .gateway || !isInRoom(presence.head.from, user) else { return }
            states[user]?.clients[resource] = nil
        default: return
        }
        tellNetworks(user)
    }

    private func note(_ availability: Availability, of resource: String, _ user: User) {
        guard let state = states[user] else {
            // Networks assume that a user is available, so an available user needs no state.
            guard availability != .available else { return }
            let state = ClientsOfUser()
            state.clients[resource] = availability
            return states[user] = state
        }
        guard state.clients[resource] != nil || state.clients.count < ClientsOfUser.most else { return }
        state.clients[resource] = availability
    }

    private func isInRoom(_ client: JID?, _ user: User) -> Bool {
        guard let client else { return false }
        return rooms.rooms(of: user).contains { $0.member(client) != nil }
    }

    private func tellNetworks(_ user: User) {
        guard let state = states[user], let availability = state.availability, availability != state.told else {
            return
        }
        state.told = availability
        for network in accounts.networksOnline(of: user) { tell(availability, network, user) }
    }

    /// Tells a network that has come up that the user is away. Networks assume that a user is available.
    private func networkChanged(_ account: AccountID, _ user: User) {
        guard let state = states[user], state.told != .available, accounts.isOnline(user, on: account.network) else {
            return
        }
        tell(state.told, account.network, user)
    }

    private func tell(_ availability: Availability, _ network: NetworkID, _ user: User) {
        let capabilities = accounts.capabilities(of: .network(network), on: network, user)
        guard let grade = capabilities?[.presence], grade >= .fallback, accounts.mayAsk(user) else { return }
        let account = accounts.account(of: user, on: network)
        accounts.performUnchecked(.presence(availability), of: user, as: account, then: .none)
    }
}

extension Presence {
    /// The availability that a client's presence shows. Its text is at most 300 characters long.
    fileprivate var availability: Availability {
        switch show {
        case nil, .chat: .available
        case .away, .xa, .dnd: .away(status.map { String($0.prefix(300)) })
        }
    }
}
