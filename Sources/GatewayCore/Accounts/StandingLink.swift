import GatewayKit

/// The open adapter session of a user who is not loaded. Only accounts that are always on have such sessions.
struct StandingLink {
    let account: AccountID
    /// Whether the session is connected to the network.
    var isOnline = false
    var capabilities = CapabilityTable()

    init(account: AccountID) { self.account = account }

    /// Keeps a session whose user is being forgotten.
    init(_ link: NetworkLink) {
        account = link.account
        isOnline = link.isOnline
        capabilities = link.capabilities
    }
}
