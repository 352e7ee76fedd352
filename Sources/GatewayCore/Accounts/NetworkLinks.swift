import GatewayKit

/// The open adapter sessions of one user, by network. They are few, so a linear search is faster than a dictionary.
struct NetworkLinks {
    private var links: [NetworkLink] = []

    /// The open session on a network; nil if no session is open. Set nil to remove it.
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

    /// The step that the caller of `wrote` must take.
    enum Consequence {
        case nothing
        /// Order a checkpoint for the account.
        case checkpoint
        /// Stop reading from the network.
        case full
    }

    /// Counts stanzas that an event of a network has caused. It changes the link in place, because every message of a
    /// network calls it.
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

    /// Confirms the stanzas of the checkpoint under way. Returns true if the caller must order another checkpoint.
    mutating func confirmed(on network: NetworkID) -> Bool {
        guard let index = index(of: network) else { return false }
        links[index].unconfirmed -= links[index].covered
        links[index].covered = links[index].unconfirmed >= NetworkLink.window / 2 ? links[index].unconfirmed : 0
        return links[index].covered > 0
    }

    /// Forgets the unconfirmed stanzas of a network. Call it when the stream has broken.
    mutating func linkBroke(on network: NetworkID) {
        guard let index = index(of: network) else { return }
        links[index].unconfirmed = 0
        links[index].covered = 0
    }

    /// Keeps the capabilities that a session has announced.
    mutating func set(
        _ scope: CapabilityScope, _ capabilities: Capabilities, on network: NetworkID,
        sharing shared: SharedCapabilities
    ) {
        guard let index = index(of: network) else { return }
        var table = links[index].capabilities ?? CapabilityTable()
        table.set(scope, capabilities)
        links[index].capabilities = shared.shared(table)
    }

    /// Forgets the capabilities of a room that the user is out of.
    mutating func forget(_ room: RoomAddress) {
        guard let index = index(of: room.network) else { return }
        links[index].capabilities?.forget(room)
    }

    /// The capabilities of an address; nil if no session is open on the network, or if the session has announced none
    /// yet.
    ///
    /// - Parameter kind: returns the kind of a peer, as `NetworkRules.kind(of:)` does.
    func capabilities(
        of address: Address, on network: NetworkID, kind: (PeerAddress) -> String?
    ) -> Capabilities? {
        guard let index = index(of: network) else { return nil }
        return links[index].capabilities?.capabilities(of: address, kind: kind)
    }

    /// The account of the open session on a network; nil if no session is open.
    func account(on network: NetworkID) -> AccountID? {
        guard let index = index(of: network) else { return nil }
        return links[index].account
    }

    /// Whether the session on a network is connected; false if no session is open.
    func isOnline(on network: NetworkID) -> Bool {
        guard let index = index(of: network) else { return false }
        return links[index].isOnline
    }

    var accounts: [AccountID] { links.map(\.account) }
    var isEmpty: Bool { links.isEmpty }
    var count: Int { links.count }

    /// Removes all sessions, and returns their accounts.
    mutating func removeAll() -> [AccountID] {
        defer { links = [] }
        return accounts
    }

    private func index(of network: NetworkID) -> Int? {
        // A loop, because a closure would get a copy of each link.
        for index in links.indices where links[index].account.network == network { return index }
        return nil
    }
}

/// The state of one open adapter session. An object, so that reading one of its properties copies no other.
final class NetworkLink {
    let account: AccountID
    /// The user's shown nick on the network; nil if it is not known.
    var nick: String?
    /// Whether the session is connected to the network.
    var isOnline = false
    /// Unconfirmed stanzas that events of the network have caused.
    var unconfirmed = 0
    /// The unconfirmed stanzas that the checkpoint under way covers; zero if no checkpoint is under way.
    var covered = 0
    /// Whether reading from the network is paused.
    var isPaused = false
    /// The announced capabilities; nil until the session has announced any.
    var capabilities: CapabilityTable?

    /// The number of unconfirmed stanzas at which the core stops reading from the network.
    static let window = 2_000
    /// Whether the core must stop reading from the network.
    var isFull: Bool { unconfirmed >= Self.window }

    init(account: AccountID, nick: String?) {
        self.account = account
        self.nick = nick
    }
}
