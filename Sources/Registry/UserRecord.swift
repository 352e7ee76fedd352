import GatewayKit

/// All data of one user of a gateway, except messages.
package struct UserRecord: Sendable, Equatable {
    package var user: UserID
    /// The user's accounts, in order of their networks. The registration with the gateway itself comes first. The store
    /// leaves out an account with a secret that does not open, and logs it.
    package var accounts: [AccountRecord]
    /// The user's contacts, in order of their localparts.
    package var contacts: [ContactRecord]
    /// The people who have written to the user, in order of their localparts.
    package var peers: [PeerRecord]
    /// The values that the gateway keeps for the user, in order of purpose, place and key.
    package var kept: [KeptValue]

    package init(
        user: UserID, accounts: [AccountRecord] = [], contacts: [ContactRecord] = [], peers: [PeerRecord] = [],
        kept: [KeptValue] = []
    ) {
        self.user = user
        self.accounts = accounts
        self.contacts = contacts
        self.peers = peers
        self.kept = kept
    }
}

/// Asks for all data of one user of a gateway, except messages. The answer for an unknown user is empty.
package struct UserQuery: StoreQuery {
    package typealias Answer = UserRecord

    package let gateway: String
    package let user: UserID

    package init(gateway: String, user: UserID) {
        self.gateway = gateway
        self.user = user
    }
}
