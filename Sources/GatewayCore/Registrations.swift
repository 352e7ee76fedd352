import GatewayKit
import Registry

/// Who has registered with the gateway and who has which contacts: the registry's rows, kept at hand because every
/// message asks.
struct Registrations {
    private var accounts: [UserID: [String: [String: String]]] = [:]
    private(set) var contacts: [UserID: Set<String>] = [:]

    mutating func load(_ snapshot: GatewaySnapshot) {
        for account in snapshot.accounts { save(account) }
        for contact in snapshot.contacts { add(contact) }
    }

    mutating func save(_ account: AccountRecord) {
        accounts[account.user, default: [:]][account.network?.rawValue ?? ""] = account.settings
    }

    mutating func remove(_ user: UserID) {
        accounts[user] = nil
        contacts[user] = nil
    }

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

    var users: [UserID] { accounts.keys.filter { isRegistered($0) } }

    mutating func add(_ contact: ContactRecord) { contacts[contact.user, default: []].insert(contact.localpart) }

    mutating func remove(_ contact: ContactRecord) {
        contacts[contact.user]?.remove(contact.localpart)
        if contacts[contact.user]?.isEmpty == true { contacts[contact.user] = nil }
    }

    func has(_ contact: ContactRecord) -> Bool { contacts[contact.user]?.contains(contact.localpart) ?? false }
}
