import GatewayKit

/// What `Accounts` knows of a loaded user.
final class AccountState {
    /// The checked login values by the network they are for; the gateway's own are under the empty name.
    private var settings: [String: [String: String]] = [:]
    /// Networks with an open adapter session. Changed with every message; its methods call nothing that could come back.
    @exclusivity(unchecked) var links = NetworkLinks()
    /// Requests that have no outcome yet. The same holds.
    @exclusivity(unchecked) var requests = PendingRequests()

    /// What is saved for exactly this place; `network` nil is the gateway.
    subscript(network: NetworkID?) -> [String: String]? {
        get { settings[network?.rawValue ?? ""] }
        set { settings[network?.rawValue ?? ""] = newValue }
    }

    /// The settings that count on a network: those saved for it over those saved for the gateway.
    func effective(on network: NetworkID) -> [String: String] {
        (self[nil] ?? [:]).merging(self[network] ?? [:]) { $1 }
    }

    func removeAllSettings() { settings = [:] }
}
