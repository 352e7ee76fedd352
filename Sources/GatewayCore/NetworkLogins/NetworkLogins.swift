import GatewayKit
import XMPP

/// Logs users in to a network and out of it by the presence of their clients at the network's address (XEP-0100 §4.4,
/// §4.5). The first client that comes opens the connection. When the last one has gone, the network ends the connection
/// as soon as the user is in none of its rooms.
final class NetworkLogins: Feature {
    private let kernel: Kernel
    private let home: HomeStream
    private let accounts: Accounts
    private let rooms: Rooms
    private let states: UserTable<LoginsOfUser>

    init(_ kernel: Kernel, _ home: HomeStream, _ accounts: Accounts, _ rooms: Rooms) {
        self.kernel = kernel
        self.home = home
        self.accounts = accounts
        self.rooms = rooms
        states = UserTable(kernel)
    }

    func register(in routes: inout Routes) {
        // Other adapters keep their sessions open whether or not the user is present.
        guard kernel.description.sessions == .onDemand else { return }
        routes.moments.presenceSeen.append { [self] in seen($0, $1, $2) }
        routes.moments.resourceGone.append { [self] in gone($0, $1) }
        routes.moments.networkChanged.append { [self] in changed($0, $1) }
        routes.moments.networkEnded.append { [self] in ended($0, $1, $2) }
        routes.moments.linkOpened.append { [self] in linkOpened() }
        routes.moments.unregistered.append { [self] in states[$0] = nil }
    }

    // MARK: Presence

    private func seen(_ presence: Presence, _ user: User, _ target: Target) {
        guard let network = kernel.network(at: target) else { return }
        switch (presence.type, presence.head.from?.resource) {
        case (.available, let resource?): came(resource, presence, at: network, user)
        case (.unavailable, let resource): left(resource, network, user)
        default: break
        }
    }

    private func came(_ resource: String, _ presence: Presence, at network: NetworkID, _ user: User) {
        let state = states[user] ?? LoginsOfUser()
        let before = state.clients[network] ?? []
        // A client that shows another presence logs in again if the network has ended the connection.
        guard before.isEmpty || !accounts.isOpen(user, on: network) else {
            if before.count < LoginsOfUser.most { state.clients[network]?.insert(resource) }
            return
        }
        do throws(StanzaError) {
            try accounts.admit(user)
            let account = try accounts.openWithinLimit(network, for: user)
            try accounts.perform(.keepConnected(true), of: user, as: account, then: .none)
            states[user] = state
            state.clients[network, default: []].insert(resource)
            if !accounts.isOnline(user, on: network) { state.waiting[network] = Sender(presence.head) }
        } catch {
            home.refuse(presence, error)
        }
    }

    /// A client has left a network.
    ///
    /// - Parameter resource: nil if the server says that no client is available (RFC 6121 §4.3.2).
    private func left(_ resource: String?, _ network: NetworkID, _ user: User) {
        guard let state = states[user], var clients = state.clients[network] else { return }
        if let resource { clients.remove(resource) } else { clients = [] }
        state.clients[network] = clients.isEmpty ? nil : clients
        guard clients.isEmpty else { return }
        state.waiting[network] = nil
        if state.clients.isEmpty { states[user] = nil }
        logOut(user, of: network)
    }

    private func logOut(_ user: User, of network: NetworkID) {
        guard accounts.isOpen(user, on: network) else { return }
        let grade = accounts.capabilities(of: .network(network), on: network, user)?[.keepConnected] ?? .rejected
        if grade >= .fallback {
            let account = accounts.account(of: user, on: network)
            accounts.performUnchecked(.keepConnected(false), of: user, as: account, then: .none)
        } else if !rooms.rooms(of: user).contains(where: { $0.address.network == network }) {
            accounts.disconnect(user, from: network, reason: "Offline")
        }
    }

    private func gone(_ client: JID, _ address: JID) {
        guard let resource = client.resource, let user = kernel.users[client],
            case .success(let target) = kernel.target(of: address), let network = kernel.network(at: target)
        else { return }
        left(resource, network, user)
    }

    // MARK: Events

    private func changed(_ account: AccountID, _ user: User) {
        guard let state = states[user], accounts.isOnline(user, on: account.network) else { return }
        state.waiting[account.network] = nil
    }

    /// The network has ended the connection for good. The client whose presence has logged the user in learns why
    /// (XEP-0100 §4.4.2).
    private func ended(_ account: AccountID, _ failure: Failure, _ user: User) {
        guard let sender = states[user]?.waiting.removeValue(forKey: account.network) else { return }
        home.refusePresence(of: sender, kernel.error(for: failure))
    }

    /// While the stream was broken, clients may have come and gone. The answers to the probes tell (RFC 6121 §4.3).
    private func linkOpened() {
        for user in kernel.users.loaded {
            for network in states[user]?.clients.keys.sorted(by: { $0.rawValue < $1.rawValue }) ?? [] {
                guard let address = kernel.addresses.jid(.network(network)) else { continue }
                // The entry stays, empty, so that an answer without a client logs the user out (`left`).
                states[user]?.clients[network] = []
                home.send(Presence(StanzaHead(to: user.jid, from: address), type: .probe))
            }
        }
    }
}
