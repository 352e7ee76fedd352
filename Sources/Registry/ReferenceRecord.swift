import GatewayKit

/// The two ids of a message of a stored conversation: its id on XMPP, and its id on the network.
///
/// The core need not save references, because the entries of the ledger contain both ids. The store keeps entries for a
/// while after the message has ended (`Retention.finishedOutbound`, `Retention.deduplication`, `Retention.ledgerRows`).
package struct ReferenceRecord: Sendable, Equatable {
    /// Whether the user has sent or received the message.
    package enum Direction: Sendable, Equatable {
        /// The user has sent the message.
        case out
        /// The user has received the message.
        case `in`
    }

    package var direction: Direction
    /// The gateway's id of the message. Of a received message: the id of the stanza that the user got. Of a sent
    /// message: the id of its ledger entry; a room may have shown the message under this id.
    package var id: String
    /// The id that the sender's client gave a sent message; nil for a received message.
    package var originID: String?
    package var networkID: MessageID
    /// The time at which the gateway received the message.
    package var at: Timestamp

    package init(direction: Direction, id: String, originID: String?, networkID: MessageID, at: Timestamp) {
        self.direction = direction
        self.id = id
        self.originID = originID
        self.networkID = networkID
        self.at = at
    }
}

/// Asks for a message in one conversation of one user, by one of its ids. The answer is nil if the store has no such
/// message. If several messages have the id, the answer is the newest.
package struct ReferenceQuery: StoreQuery {
    package typealias Answer = ReferenceRecord?

    /// The id by which to look for the message.
    package enum Key: Sendable, Equatable {
        /// The id of a stanza: `ReferenceRecord.id` or `originID`.
        case stanza(String)
        /// The id on the network. Give a direction if the network assigns ids independently in both directions. Nil
        /// looks first among received messages, then among sent ones.
        case network(MessageID, ReferenceRecord.Direction?)
    }

    package let gateway: String
    package let user: UserID
    /// The unescaped localpart of the peer or room.
    package let localpart: String
    package let key: Key

    package init(gateway: String, user: UserID, localpart: String, key: Key) {
        self.gateway = gateway
        self.user = user
        self.localpart = localpart
        self.key = key
    }
}
