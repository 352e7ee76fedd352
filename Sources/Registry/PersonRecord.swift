import GatewayKit

/// Everything that the registry knows of one user of a gateway, but for messages.
package struct PersonRecord: Sendable, Equatable {
    package var user: UserID
    /// In order of their networks; the registration with the gateway itself comes first. An account with a secret that
    /// does not open is left out, and logged.
    package var accounts: [AccountRecord]
    /// In order of their localparts.
    package var contacts: [ContactRecord]
    /// In order of their localparts.
    package var peers: [PeerRecord]

    package init(
        user: UserID, accounts: [AccountRecord] = [], contacts: [ContactRecord] = [], peers: [PeerRecord] = []
    ) {
        self.user = user
        self.accounts = accounts
        self.contacts = contacts
        self.peers = peers
    }
}

/// Asks for everything that is known of one user of a gateway. The answer for a stranger is empty.
package struct PersonQuery: StoreQuery {
    package typealias Answer = PersonRecord

    package let gateway: String
    package let user: UserID

    package init(gateway: String, user: UserID) {
        self.gateway = gateway
        self.user = user
    }
}
