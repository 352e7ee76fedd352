import GatewayKit

/// One user's registration with a gateway (`network` nil) or their settings for one of its networks.
package struct AccountRecord: Sendable, Equatable {
    package var gateway: String
    package var user: UserID
    package var network: NetworkID?
    /// Checked login values.
    package var settings: [String: String]
    /// Which of `settings` are sealed at rest.
    package var secretKeys: Set<String>

    package init(
        gateway: String, user: UserID, network: NetworkID?, settings: [String: String], secretKeys: Set<String> = []
    ) {
        self.gateway = gateway
        self.user = user
        self.network = network
        self.settings = settings
        self.secretKeys = secretKeys
    }
}

/// A subscription between a user and an address of the gateway. `localpart` is empty for the gateway itself.
package struct ContactRecord: Sendable, Hashable {
    package var gateway: String
    package var user: UserID
    package var localpart: String

    package init(gateway: String, user: UserID, localpart: String) {
        self.gateway = gateway
        self.user = user
        self.localpart = localpart
    }
}

/// A person on the foreign side that a user has met: what to call them, and when they were last heard of.
package struct PeerRecord: Sendable, Equatable {
    package var gateway: String
    package var user: UserID
    package var localpart: String
    package var displayName: String?
    package var lastSeen: Timestamp

    package init(gateway: String, user: UserID, localpart: String, displayName: String?, lastSeen: Timestamp) {
        self.gateway = gateway
        self.user = user
        self.localpart = localpart
        self.displayName = displayName
        self.lastSeen = lastSeen
    }
}

/// A message on its way out, and what became of it. Kept after its end, without the text, so that a late delivery
/// report or error finds the message it speaks of.
package struct OutboundEntry: Sendable, Equatable {
    /// Monotonic: a lower state never overwrites a higher one (see `Change.advance` for the exact rule).
    package enum State: String, Sendable, CaseIterable {
        /// Stored; nothing handed over yet, or known not to have been taken.
        case waiting
        /// Handed over, answer outstanding. After a crash: outcome unknown, never sent again.
        case handing
        /// The provider has it.
        case accepted
        /// The peer's device has it. Final.
        case delivered
        /// It will not arrive; the sender was told. Final, but for a late `delivered`.
        case failed
        /// Nobody knows; the sender was told. Final, but for a late `delivered` or `failed`.
        case unknown
    }

    package var id: RequestID
    package var gateway: String
    package var account: AccountID
    /// Raw localpart of the peer or room.
    package var localpart: String
    /// The text; empty once the provider has it or the entry has ended.
    package var text: String
    /// What is needed to answer the sender: their full address, the address they wrote to, their message's id.
    package var sender: String
    package var recipient: String
    package var originID: String?
    package var wantsReceipt: Bool
    package var state: State
    /// How often it was handed over.
    package var attempts: Int
    /// Not to be handed over before this time.
    package var notBefore: Timestamp?
    /// The provider's name for it.
    package var foreignID: MessageID?
    package var createdAt: Timestamp
    package var updatedAt: Timestamp

    package init(
        id: RequestID, gateway: String, account: AccountID, localpart: String, text: String, sender: String,
        recipient: String, originID: String?, wantsReceipt: Bool, state: State = .waiting, attempts: Int = 0,
        notBefore: Timestamp? = nil, foreignID: MessageID? = nil, createdAt: Timestamp, updatedAt: Timestamp
    ) {
        self.id = id
        self.gateway = gateway
        self.account = account
        self.localpart = localpart
        self.text = text
        self.sender = sender
        self.recipient = recipient
        self.originID = originID
        self.wantsReceipt = wantsReceipt
        self.state = state
        self.attempts = attempts
        self.notBefore = notBefore
        self.foreignID = foreignID
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }
}

/// A message that came in and has not yet been taken by the home server. Kept afterwards, without text and name, so that
/// repeats are recognised and references find it.
package struct InboundEntry: Sendable, Equatable {
    /// Our id for it, used as the id of the stanza each time it is sent.
    package var id: String
    package var gateway: String
    package var account: AccountID
    /// Raw localpart of the sender.
    package var localpart: String
    package var displayName: String?
    package var text: String
    /// The provider's id (or a digest where it has none): the same key is taken once within the retention time.
    package var deduplicationKey: String
    /// The network's name for it; nil if it has none, then nothing can refer to the message.
    package var foreignID: MessageID?
    package var receivedAt: Timestamp

    package init(
        id: String, gateway: String, account: AccountID, localpart: String, displayName: String?, text: String,
        deduplicationKey: String, foreignID: MessageID? = nil, receivedAt: Timestamp
    ) {
        self.id = id
        self.gateway = gateway
        self.account = account
        self.localpart = localpart
        self.displayName = displayName
        self.text = text
        self.deduplicationKey = deduplicationKey
        self.foreignID = foreignID
        self.receivedAt = receivedAt
    }
}
