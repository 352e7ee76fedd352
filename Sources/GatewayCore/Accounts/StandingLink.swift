import GatewayKit

/// The open adapter session of a user who is not loaded: an account that is always on.
struct StandingLink {
    let account: AccountID
    var isOnline = false
    var capabilities = CapabilityTable()

    init(account: AccountID) { self.account = account }

    /// The link of an account whose user is forgotten.
    init(_ link: NetworkLink) {
        account = link.account
        isOnline = link.isOnline
        capabilities = link.capabilities
    }
}
