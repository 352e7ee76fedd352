import GatewayKit

/// The networks of one user with an open adapter session. They are few, so that looking at each is quicker than a table.
struct NetworkLinks {
    private var links: [NetworkLink] = []

    subscript(network: NetworkID) -> NetworkLink? {
        get { index(of: network).map { links[$0] } }
        set {
            switch (index(of: network), newValue) {
            case (let index?, let link?): links[index] = link
            case (let index?, nil): links.remove(at: index)
            case (nil, let link?): links.append(link)
            case (nil, nil): break
            }
        }
    }

    /// The step that follows from stanzas that were written.
    enum Consequence { case nothing, checkpoint, full }

    /// Counts stanzas written for an account, in place: every message of a network comes here.
    mutating func wrote(_ stanzas: Int, on network: NetworkID) -> Consequence {
        guard let index = index(of: network) else { return .nothing }
        links[index].unconfirmed += stanzas
        guard links[index].unconfirmed >= NetworkLink.window / 2 else { return .nothing }
        if links[index].covered == 0 {
            links[index].covered = links[index].unconfirmed
            return .checkpoint
        }
        return links[index].isFull && !links[index].isPaused ? .full : .nothing
    }

    /// The home server has taken what the last checkpoint covers. True if another one is to follow.
    mutating func confirmed(on network: NetworkID) -> Bool {
        guard let index = index(of: network) else { return false }
        links[index].unconfirmed -= links[index].covered
        links[index].covered = links[index].unconfirmed >= NetworkLink.window / 2 ? links[index].unconfirmed : 0
        return links[index].covered > 0
    }

    /// Nothing that was written counts any more.
    mutating func linkBroke(on network: NetworkID) {
        guard let index = index(of: network) else { return }
        links[index].unconfirmed = 0
        links[index].covered = 0
    }

    /// Takes in what a session can do.
    mutating func set(_ scope: CapabilityScope, _ capabilities: Capabilities, on network: NetworkID) {
        guard let index = index(of: network) else { return }
        links[index].capabilities.set(scope, capabilities)
    }

    /// We are out of a room: it has no capabilities of its own any more.
    mutating func forget(_ room: RoomAddress) {
        guard let index = index(of: room.network) else { return }
        links[index].capabilities.forget(room)
    }

    /// What can be done towards an address of a network with an open session; nil for any other.
    func capabilities(of address: Address, on network: NetworkID, _ rules: any NetworkRules) -> Capabilities? {
        index(of: network).map { links[$0].capabilities.capabilities(of: address, rules) }
    }

    /// The account on a network with an open adapter session.
    func account(on network: NetworkID) -> AccountID? { index(of: network).map { links[$0].account } }

    var accounts: [AccountID] { links.map(\.account) }
    var isEmpty: Bool { links.isEmpty }
    var count: Int { links.count }

    /// Forgets them all, and tells whose they were.
    mutating func removeAll() -> [AccountID] {
        defer { links = [] }
        return accounts
    }

    private func index(of network: NetworkID) -> Int? { links.firstIndex { $0.account.network == network } }
}

/// The open side of one account.
struct NetworkLink {
    let account: AccountID
    /// Our name there as far as known.
    var nick: String?
    var isOnline = false
    /// Stanzas written because of this network that the home server is not known to have taken.
    var unconfirmed = 0
    /// Of these, the ones that the checkpoint under way covers; zero if there is none.
    var covered = 0
    /// The network is not read for now.
    var isPaused = false

    var capabilities = CapabilityTable()

    /// How many may be unconfirmed before the network has to wait.
    static let window = 2_000
    var isFull: Bool { unconfirmed >= Self.window }
}

extension NetworkLink {
    init(account: AccountID, nick: String?) {
        self.account = account
        self.nick = nick
    }

    /// The link of an account whose user has been loaded.
    init(_ link: StandingLink) {
        self.init(account: link.account, nick: nil)
        isOnline = link.isOnline
        capabilities = link.capabilities
    }
}
