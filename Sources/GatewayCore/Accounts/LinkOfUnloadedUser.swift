import GatewayKit

/// The open adapter session of an unloaded user. Only accounts that are always on have such sessions.
struct LinkOfUnloadedUser {
    let account: AccountID
    /// Whether the session is connected to the network.
    var isOnline = false
    /// The announced capabilities; nil until the session has announced any.
    var capabilities: CapabilityTable?

    init(account: AccountID) { self.account = account }

    /// Keeps a session whose user is being forgotten.
    init(_ link: NetworkLink) {
        account = link.account
        isOnline = link.isOnline
        capabilities = link.capabilities
    }
}

/// The open sessions of all unloaded users. The sessions of one user are in the order of their opening.
struct LinksOfUnloadedUsers {
    private var links: [UserID: [LinkOfUnloadedUser]] = [:]

    /// The accounts of all sessions.
    var accounts: [AccountID] { links.values.flatMap { $0.map(\.account) } }

    /// Adds a session. Its account must not have one yet.
    mutating func add(_ link: LinkOfUnloadedUser) { links[link.account.user, default: []].append(link) }

    /// Changes the session of an account. Returns false if it has none.
    mutating func update(_ account: AccountID, _ change: (inout LinkOfUnloadedUser) -> Void) -> Bool {
        guard let index = index(of: account) else { return false }
        change(&links[account.user, default: []][index])
        return true
    }

    /// Removes the session of an account. Returns false if it has none.
    mutating func remove(_ account: AccountID) -> Bool {
        guard let index = index(of: account) else { return false }
        links[account.user]?.remove(at: index)
        if links[account.user]?.isEmpty == true { links[account.user] = nil }
        return true
    }

    /// Removes and returns the sessions of a user.
    mutating func removeAll(of user: UserID) -> [LinkOfUnloadedUser] { links.removeValue(forKey: user) ?? [] }

    /// Removes the sessions of all users.
    mutating func removeAll() { links = [:] }

    private func index(of account: AccountID) -> Int? { links[account.user]?.firstIndex { $0.account == account } }
}

extension CapabilityTable? {
    /// Keeps the capabilities that a session has announced for a scope. The first announcement makes the table.
    mutating func set(_ scope: CapabilityScope, _ capabilities: Capabilities) {
        var table = self ?? CapabilityTable()
        table.set(scope, capabilities)
        self = table
    }
}
