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
    /// The user's newest messages in the ledger that have an id and have not failed, newest first, at most `mostSent`.
    package var sent: [SentID]
    /// The addresses that the user has blocked, in order of localpart and nick.
    package var blocked: [BlockedAddress]

    /// The maximum of messages in `sent`.
    package static let mostSent = 64

    /// The id and recipient of a message of the user.
    package struct SentID: Sendable, Equatable {
        /// The id that the sender's client gave the message.
        package var originID: String
        /// The address to which the user wrote.
        package var recipient: String
        package var at: Timestamp

        package init(originID: String, recipient: String, at: Timestamp) {
            self.originID = originID
            self.recipient = recipient
            self.at = at
        }
    }

    package init(
        user: UserID, accounts: [AccountRecord] = [], contacts: [ContactRecord] = [], peers: [PeerRecord] = [],
        kept: [KeptValue] = [], sent: [SentID] = [], blocked: [BlockedAddress] = []
    ) {
        self.user = user
        self.accounts = accounts
        self.contacts = contacts
        self.peers = peers
        self.kept = kept
        self.sent = sent
        self.blocked = blocked
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
