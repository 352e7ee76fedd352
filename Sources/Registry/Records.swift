import GatewayKit

/// One user's registration with a gateway (`network` is nil), or the user's settings for one of its networks.
package struct AccountRecord: Sendable, Equatable {
    package var gateway: String
    package var user: UserID
    package var network: NetworkID?
    /// The values of the login form, as `NetworkRules.check(login:)` returned them.
    package var settings: [String: String]
    /// The keys of the settings whose values the store seals.
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

/// The subscriptions between a user and an address of the gateway, in both directions. `localpart` is empty for the
/// gateway itself.
package struct ContactRecord: Sendable, Hashable {
    /// The subscription of the address to the presence of the user.
    package enum Reverse: String, Sendable, CaseIterable {
        case none
        /// The address has asked, and the user has not answered.
        case pending
        case subscribed
    }

    package var gateway: String
    package var user: UserID
    package var localpart: String
    /// Whether the user is subscribed to the presence of the address.
    package var isSubscribed: Bool
    package var reverse: Reverse

    package init(
        gateway: String, user: UserID, localpart: String, isSubscribed: Bool = true, reverse: Reverse = .none
    ) {
        self.gateway = gateway
        self.user = user
        self.localpart = localpart
        self.isSubscribed = isSubscribed
        self.reverse = reverse
    }
}

/// A person on the foreign network who has written to a user.
package struct PeerRecord: Sendable, Equatable {
    package var gateway: String
    package var user: UserID
    package var localpart: String
    /// The name that people see.
    package var displayName: String?
    /// When the person last wrote, accurate to an hour.
    package var lastSeen: Timestamp

    package init(gateway: String, user: UserID, localpart: String, displayName: String?, lastSeen: Timestamp) {
        self.gateway = gateway
        self.user = user
        self.localpart = localpart
        self.displayName = displayName
        self.lastSeen = lastSeen
    }
}

/// An outbound message and its state. The store keeps it after its end, without the text, so that a late delivery
/// report or error finds its message.
package struct OutboundEntry: Sendable, Equatable {
    /// The progress of a message. `Change.advance` lists the allowed moves.
    package enum State: String, Sendable, CaseIterable {
        /// The message is stored. No provider has it: it has not been sent yet, or the provider has certainly not taken
        /// it.
        case waiting
        /// The adapter is sending the message, and no answer has come. After a crash, the outcome is unknown and the
        /// message is never sent again.
        case handing
        /// The provider has the message.
        case accepted
        /// The peer's device has the message. This state is final.
        case delivered
        /// The message will not arrive. Only a late `delivered` can follow.
        case failed
        /// Nobody knows whether the message has arrived. Only a late `delivered` or `failed` can follow.
        case unknown
    }

    package var id: RequestID
    package var gateway: String
    package var account: AccountID
    /// The unescaped localpart of the peer or room.
    package var localpart: String
    /// The text; empty when the provider has it or the entry has ended. If there is a file, its URL is in the text, so
    /// that the text says everything.
    package var text: String
    /// The file that the message shares; nil if it shares none, or if the text is empty.
    package var file: File?
    /// The sender's full address. Reports go there.
    package var sender: String
    /// The address to which the sender wrote. Reports come from there.
    package var recipient: String
    /// The id that the sender's client gave the message. Reports refer to it.
    package var originID: String?
    /// Whether the sender has asked for a delivery receipt.
    package var wantsReceipt: Bool
    package var state: State
    /// How often the adapter was asked to send the message.
    package var attempts: Int
    /// The earliest time of the next attempt.
    package var notBefore: Timestamp?
    /// The provider's id of the message.
    package var foreignID: MessageID?
    package var createdAt: Timestamp
    package var updatedAt: Timestamp
    /// The facts that the network has told about the message.
    package var facts = MessageFacts()
    /// Whether the message has ever counted as failed or as unknown, so that the sender was told so. If the message
    /// arrives after that, the sender is told also without a wish for a receipt.
    package var wasDoubted = false

    package init(
        id: RequestID, gateway: String, account: AccountID, localpart: String, text: String, file: File? = nil,
        sender: String, recipient: String, originID: String?, wantsReceipt: Bool, state: State = .waiting,
        attempts: Int = 0,
        notBefore: Timestamp? = nil, foreignID: MessageID? = nil, createdAt: Timestamp, updatedAt: Timestamp
    ) {
        self.id = id
        self.gateway = gateway
        self.account = account
        self.localpart = localpart
        self.text = text
        self.file = file
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

/// An inbound message. When the XMPP server has it, the store keeps it without text and name. So the core recognises
/// repeats and finds messages that others refer to.
package struct InboundEntry: Sendable, Equatable {
    /// The gateway's id of the message. The stanza has this id each time it is sent.
    package var id: String
    package var gateway: String
    package var account: AccountID
    /// The unescaped localpart of the sender.
    package var localpart: String
    package var displayName: String?
    /// The text. If there is a file, it is the caption, or empty.
    package var text: String
    /// The file that the message brings; nil if it is a text.
    package var file: File?
    /// The key by which the core recognises a repeat: the provider's id, or a digest if there is none. The store takes
    /// a key once within `Retention.deduplication`.
    package var deduplicationKey: String
    /// The network's id of the message. Nil if it has none; then no message can refer to it.
    package var foreignID: MessageID?
    package var receivedAt: Timestamp
    /// Whether the sender allows further messages; nil if the message does not say that. It is stored in the same write
    /// as the message. Entries that were read have nil.
    package var consent: ConsentNote?
    /// The message to which this one is a reaction, with the emoji; nil if this is a text. It is in memory only: entries
    /// that were read have nil, and are shown as texts.
    package var reaction: Reaction?

    /// A reaction to a message.
    package struct Reaction: Sendable, Equatable {
        /// The id by which clients refer to the message.
        package let id: String
        /// Nil if the sender takes the reaction back.
        package let emoji: String?

        package init(to id: String, _ emoji: String?) {
            self.id = id
            self.emoji = emoji
        }
    }

    package init(
        id: String, gateway: String, account: AccountID, localpart: String, displayName: String?, text: String,
        file: File? = nil, deduplicationKey: String, foreignID: MessageID? = nil, receivedAt: Timestamp
    ) {
        self.id = id
        self.gateway = gateway
        self.account = account
        self.localpart = localpart
        self.displayName = displayName
        self.text = text
        self.file = file
        self.deduplicationKey = deduplicationKey
        self.foreignID = foreignID
        self.receivedAt = receivedAt
    }
}
