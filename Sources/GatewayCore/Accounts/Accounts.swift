import GatewayKit
import Logging
import Registry
import XMPP

/// The accounts of the users: what they have registered, and the adapter sessions that are open for them.
final class Accounts: Feature {
    let kernel: Kernel
    let home: HomeStream
    let states: UserTable<AccountState>
    /// Open sessions of users who are not loaded.
    var standing: [UserID: StandingLink] = [:]
    /// Answers whether a feature has so much to tell of a network that the network has to wait.
    private(set) var isBehind: (User, NetworkID) -> Bool = { _, _ in false }
    private var lastRequest: UInt64 = 0

    init(_ kernel: Kernel, _ home: HomeStream) {
        self.kernel = kernel
        self.home = home
        states = UserTable(kernel)
    }

    func register(in routes: inout Routes) {
        routes.moments.started.append { [self] in start(with: $0.accounts) }
        routes.moments.userLoaded.append { [self] in load($0, $1) }
        routes.moments.keepsUser.append { [self] in keeps($0) }
        routes.moments.userForgotten.append { [self] in forget($0) }
        routes.moments.linkClosed.append { [self] in resumeAll() }
        routes.moments.eventHandled.append { [self] in wrote($2, for: $0, $1) }
        routes.events {
            $0.state = { [self] in changed($0, of: $1, $2) }
            $0.stateUnloaded = { [self] in changedUnloaded($0, of: $1) }
        }
    }

    func whenAskedIfBehind(_ answer: @escaping (User, NetworkID) -> Bool) { isBehind = answer }

    func state(of user: User) -> AccountState {
        if let state = states[user] { return state }
        let state = AccountState()
        states[user] = state
        return state
    }

    /// Registered with the gateway itself.
    func isRegistered(_ user: User) -> Bool { states[user]?[nil] != nil }

    /// - Throws: the refusal for a user who may not write or enter rooms now.
    func admit(_ user: User) throws(StanzaError) {
        guard kernel.description.registration == .optional || isRegistered(user), !user.isUnregistering else {
            throw .registrationRequired
        }
        guard !kernel.isStopping else { throw .goingAway }
    }

    /// What the user has saved for exactly this place; `network` nil is the gateway.
    func saved(_ user: User, network: NetworkID?) -> [String: String]? { states[user]?[network] }

    /// The settings that count on a network.
    func settings(of user: User, network: NetworkID) -> [String: String] {
        states[user]?.effective(on: network) ?? [:]
    }

    /// The network that a message to a peer goes through: the one that the user's settings choose, or the peer's own.
    func network(of user: User, for peer: PeerAddress) -> NetworkID {
        kernel.rules.network(for: saved(user, network: nil) ?? [:]) ?? peer.network
    }

    /// The user's account on a network, open or not.
    func account(of user: User, on network: NetworkID) -> AccountID {
        states[user]?.links.account(on: network) ?? AccountID(user: user.id, network: network)
    }

    func isOnline(_ user: User, on network: NetworkID) -> Bool { states[user]?.links[network]?.isOnline ?? false }

    /// The networks that the user is connected to.
    func networksOnline(of user: User) -> [NetworkID] {
        guard let links = states[user]?.links else { return [] }
        return links.accounts.map(\.network).filter { links[$0]?.isOnline == true }
    }

    /// The user's name on a network as far as known; nil without an open session.
    func nick(of user: User, on network: NetworkID) -> String? { states[user]?.links[network]?.nick }

    func setNick(_ nick: String, of user: User, on network: NetworkID) { states[user]?.links[network]?.nick = nick }

    func isOpen(_ user: User, on network: NetworkID) -> Bool { states[user]?.links.account(on: network) != nil }

    // MARK: Requests

    /// Whether the user may ask for more before the network has answered what was asked already.
    func mayAsk(_ user: User) -> Bool {
        guard let state = states[user] else { return true }
        return state.requests.count < kernel.settings.limits.requestsPerUser
    }

    /// The one gate in front of the adapters: asks the session of an account, and remembers how to go on.
    ///
    /// - Returns: false if the network has no such thing and nobody misses it: it counts as done, and nothing follows.
    /// - Throws: the refusal for the sender if the user has too many requests waiting, or if the address cannot take this
    ///   now. The adapter is not asked then.
    @discardableResult
    func perform(
        _ action: consuming Request.Action, of user: User, as account: AccountID, then next: consuming Continuation
    ) throws(StanzaError) -> Bool {
        guard mayAsk(user) else { throw .tooManyRequests }
        let state = state(of: user)
        guard try isWanted(action, on: account.network, user) else { return false }
        ask(action, state, account, next)
        return true
    }

    /// The same for requests that the core itself must make, whatever the limits say.
    func performAlways(
        _ action: consuming Request.Action, of user: User, as account: AccountID, then next: consuming Continuation
    ) {
        ask(action, state(of: user), account, next)
    }

    private func ask(
        _ action: consuming Request.Action, _ state: AccountState, _ account: AccountID,
        _ next: consuming Continuation
    ) {
        lastRequest += 1
        state.requests.add(lastRequest, next)
        kernel.order(.perform(account, Request(id: RequestID(number: lastRequest), action: action)))
    }

    /// Takes out the request that has its outcome; nil if it is none of the user's.
    func takeRequest(_ id: RequestID, of user: User) -> Continuation? { states[user]?.requests.take(id) }
}
