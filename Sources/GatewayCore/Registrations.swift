import GatewayKit
import Registry

/// Who has registered with the gateway and who has which contacts: the registry's rows, kept at hand because every
/// message asks.
struct Registrations {
    private var accounts: [UserID: [String: [String: String]]] = [:]
    private(set) var contacts: [UserID: Set<String>] = [:]
    private var peers: [UserID: [String: PeerRecord]] = [:]
    /// Rows that are being written: they count as if they were there.
    private var pending: [UserID: PendingRows] = [:]

    /// Rows of one user that are being written.
    struct PendingRows: Equatable {
        var contacts = 0
        var settings = 0

        static func + (a: PendingRows, b: PendingRows) -> PendingRows {
            PendingRows(contacts: a.contacts + b.contacts, settings: a.settings + b.settings)
        }
    }

    mutating func load(_ snapshot: GatewaySnapshot) {
        for account in snapshot.accounts { save(account) }
        for contact in snapshot.contacts { add(contact) }
        for peer in snapshot.peers { peers[peer.user, default: [:]][peer.localpart] = peer }
    }

    mutating func save(_ account: AccountRecord) {
        accounts[account.user, default: [:]][account.network?.rawValue ?? ""] = account.settings
    }

    mutating func remove(_ account: AccountRecord) {
        accounts[account.user]?[account.network?.rawValue ?? ""] = nil
        if accounts[account.user]?.isEmpty == true { accounts[account.user] = nil }
    }

    mutating func remove(_ user: UserID) {
        accounts[user] = nil
        contacts[user] = nil
        peers[user] = nil
    }

    /// How many rows the registry has for a user: accounts with their settings, contacts, people met.
    func rows(of user: UserID) -> Int {
        let settings = accounts[user]?.values.reduce(0) { $0 + $1.count + 1 } ?? 0
        return settings + contactCount(of: user) + (peers[user]?.count ?? 0) + (pending[user]?.settings ?? 0)
    }

    /// Counts rows of a user that are being written; negative when the registry has answered.
    mutating func count(pending rows: PendingRows, of user: UserID) {
        let sum = (pending[user] ?? PendingRows()) + rows
        pending[user] = sum == PendingRows() ? nil : sum
    }

    /// Contacts of a user, those that are being written included.
    func contactCount(of user: UserID) -> Int { (contacts[user]?.count ?? 0) + (pending[user]?.contacts ?? 0) }

    /// Registered with the gateway itself.
    func isRegistered(_ user: UserID) -> Bool { accounts[user]?[""] != nil }

    /// What the user has saved for exactly this place; `network` nil is the gateway.
    func saved(_ user: UserID, network: NetworkID?) -> [String: String]? {
        accounts[user]?[network?.rawValue ?? ""]
    }

    /// The settings that count on a network: those saved for it over those saved for the gateway.
    func settings(of user: UserID, network: NetworkID) -> [String: String] {
        (saved(user, network: nil) ?? [:]).merging(saved(user, network: network) ?? [:]) { $1 }
    }

    /// What is known of somebody a user has met.
    func peer(_ user: UserID, _ localpart: String) -> PeerRecord? { peers[user]?[localpart] }

    /// Remembers a meeting. Nil if there is nothing new worth writing: times are kept to the hour.
    mutating func met(_ peer: PeerRecord) -> PeerRecord? {
        let known = peers[peer.user]?[peer.localpart]
        var new = peer
        new.displayName = peer.displayName ?? known?.displayName
        if let known, known.displayName == new.displayName,
            new.lastSeen < known.lastSeen.advanced(by: .seconds(3600))
        {
            return nil
        }
        peers[peer.user, default: [:]][peer.localpart] = new
        return new
    }

    var users: [UserID] { accounts.keys.filter { isRegistered($0) } }

    mutating func add(_ contact: ContactRecord) { contacts[contact.user, default: []].insert(contact.localpart) }

    mutating func remove(_ contact: ContactRecord) {
        contacts[contact.user]?.remove(contact.localpart)
        if contacts[contact.user]?.isEmpty == true { contacts[contact.user] = nil }
    }

    func has(_ contact: ContactRecord) -> Bool { contacts[contact.user]?.contains(contact.localpart) ?? false }
}
