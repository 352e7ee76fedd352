import GatewayKit
import Logging
import Registry
import XMPP

/// The accounts of all users: their registrations, their adapter sessions, and the requests to these sessions.
final class Accounts: Feature {
    static let id: FeatureID = "accounts"
    /// Finishes a search of the adapter (`find`) as soon as the user's data are loaded (`Kernel.wait`). It never runs
    /// on the clock.
    static let finishSearchTimer: TimerID = "finish search"
    /// Loads the next user whose registered number the operator has given to another user.
    static let evictTimer: TimerID = "evict"

    let kernel: Kernel
    let home: HomeStream
    let blockLists: BlockLists
    let states: UserTable<AccountState>
    /// Returns whether too many events of a network wait in a feature, so that the network must not be read.
    private(set) var hasLongBacklog: (User, NetworkID) -> Bool = { _, _ in false }
    /// The network that the rules choose for a user without settings.
    private let networkWithoutSettings: NetworkID?
    /// The number of the latest request.
    private var lastRequest: UInt64 = 0
    let sharedCapabilities = SharedCapabilities()
    /// The keys of the values that the adapter keeps in the registry.
    var keptKeys = KeptKeys()

    init(_ kernel: Kernel, _ home: HomeStream, _ blockLists: BlockLists) {
        self.kernel = kernel
        self.home = home
        self.blockLists = blockLists
        states = UserTable(kernel)
        networkWithoutSettings = kernel.rules.network(for: [:])
    }

    func register(in routes: inout Routes) {
        routes.moments.started.append { [self] in
            recall($0.kept)
            findMisplacedValues()
        }
        routes.moments.userLoaded.append { [self] in load($0, $1) }
        routes.moments.keepsUser.append { [self] in keeps($0) }
        routes.moments.userForgotten.append { [self] in forget($0) }
        routes.moments.linkClosed.append { [self] in resumeAll() }
        routes.events { $0.state = { [self] in changed($0, of: $1, $2) } }
        routes.notes(Self.id, NoteRoutes(committed: { [self] in kept($0, $1) }, read: { [self] in read($0, $1) }))
        routes.timer(Self.finishSearchTimer, about: FoundUser.self) { [self] in finish($0) }
        routes.timer(Self.evictTimer, about: Eviction.self) { [self] in goOn($0) }
    }

    func close() { hasLongBacklog = { _, _ in false } }

    /// Sets the function that returns whether too many events of a network wait in a feature. When its answer changes,
    /// the feature must call `updatePause`.
    func setBacklogCheck(_ answer: @escaping (User, NetworkID) -> Bool) { hasLongBacklog = answer }

    /// The account state of a user. Makes the state if the user has none yet.
    func state(of user: User) -> AccountState {
        if let state = states[user] { return state }
        let state = AccountState()
        states[user] = state
        return state
    }

    /// Whether the user is registered with the gateway itself.
    func isRegistered(_ user: User) -> Bool { states[user]?[nil] != nil }

    /// Checks that a user may write messages and enter rooms now.
    ///
    /// - Throws: the refusal for the user: not registered, or the gateway shuts down.
    func admit(_ user: User) throws(StanzaError) {
        guard kernel.description.registration == .optional || isRegistered(user), !user.isLeaving else {
            throw .registrationRequired
        }
        guard !kernel.isStopping else { throw .goingAway }
    }

    /// The login values that a user has saved for this network, or for the gateway itself if `network` is nil. Nil if
    /// none are saved.
    func saved(_ user: User, network: NetworkID?) -> [String: String]? { states[user]?[network] }

    /// The settings of a user that apply on a network (`AccountState.effective`). If the gateway has only this network,
    /// all values that are saved for the gateway apply, also those of fields for one network.
    func settings(of user: User, network: NetworkID) -> [String: String] {
        let isOnly = kernel.rules.networks == [network]
        return states[user]?.effective(on: network, ownOnly: isOnly ? [] : kernel.description.keysForOneNetwork) ?? [:]
    }

    /// The network for messages to a peer: the network that the user's settings choose, or else the peer's own network.
    func network(of user: User, for peer: PeerAddress) -> NetworkID {
        guard let saved = saved(user, network: nil) else { return networkWithoutSettings ?? peer.network }
        return kernel.rules.network(for: saved) ?? peer.network
    }

    /// The user's account on a network, whether its session is open or not.
    func account(of user: User, on network: NetworkID) -> AccountID {
        states[user]?.links.account(on: network) ?? AccountID(user: user.id, network: network)
    }

    /// Whether the user's session is connected to the network.
    func isOnline(_ user: User, on network: NetworkID) -> Bool { states[user]?.links.isOnline(on: network) ?? false }

    /// The networks that the user's sessions are connected to.
    func networksOnline(of user: User) -> [NetworkID] {
        guard let links = states[user]?.links else { return [] }
        return links.accounts.map(\.network).filter { links.isOnline(on: $0) }
    }

    /// The networks on which the user has an open session, connected or not.
    func networksOpen(of user: User) -> [NetworkID] { states[user]?.links.accounts.map(\.network) ?? [] }

    /// The user's shown nick on a network; nil if it is not known, or if no session is open.
    func nick(of user: User, on network: NetworkID) -> String? { states[user]?.links[network]?.nick }

    /// Remembers the user's shown nick on a network. Does nothing if no session is open.
    func setNick(_ nick: String, of user: User, on network: NetworkID) { states[user]?.links[network]?.nick = nick }

    /// Whether the user has an open session on the network. The session need not be connected.
    func isOpen(_ user: User, on network: NetworkID) -> Bool { states[user]?.links.account(on: network) != nil }

    // MARK: Requests

    /// Whether fewer than `Limits.requestsPerUser` requests of the user wait for their outcome.
    func mayAsk(_ user: User) -> Bool {
        guard let state = states[user] else { return true }
        return state.requests.count < kernel.settings.limits.requestsPerUser
    }

    /// Checks a request of a user, sends it to the session of an account, and keeps `next` until the outcome comes. All
    /// requests of users to live addresses pass this gate.
    ///
    /// - Returns: false if the address drops such actions. The action then counts as done, and `next` is not used.
    /// - Throws: the refusal for the sender, if too many requests of the user wait or the address rejects the action.
    ///   The adapter is not asked then.
    @discardableResult
    func perform(
        _ action: consuming Request.Action, of user: User, as account: AccountID, then next: consuming Continuation
    ) throws(StanzaError) -> Bool {
        guard mayAsk(user) else { throw .tooManyRequests }
        let state = state(of: user)
        guard try mustAskAdapter(action, on: account.network, user) else { return false }
        ask(action, state, account, next)
        return true
    }

    /// Like `perform`, but without any check. For requests that the core itself must make, such as to leave a room.
    func performUnchecked(
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

    /// Whether a message of the user to a room waits for its outcome.
    ///
    /// - Parameter id: the id that the sender gave the message.
    func isSaying(_ id: String?, in room: RoomAddress, _ user: User) -> Bool {
        guard let state = states[user] else { return false }
        return state.requests.contains { next in
            if case .groupMessage(room, let message) = next { message.head.id == id } else { false }
        }
    }

    /// Removes a request that has its outcome, and returns its continuation; nil if the user has no such request.
    func takeRequest(_ id: RequestID, of user: User) -> Continuation? { states[user]?.requests.take(id) }
}
