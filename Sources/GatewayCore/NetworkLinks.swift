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

    var accounts: [AccountID] { links.map(\.account) }
    var isEmpty: Bool { links.isEmpty }

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
}
