import GatewayKit

/// A message of a stored conversation under both of its names.
///
/// The ledger keeps these by itself: an outbound entry has the ids of its sender and of the network, an inbound entry
/// has our id and that of the network, and both outlive their message (`Retention.finishedOutbound`,
/// `Retention.deduplication`, `Retention.ledgerRows`). So nobody has to save a reference.
package struct ReferenceRecord: Sendable, Equatable {
    package enum Direction: Sendable, Equatable {
        /// Sent by the user.
        case out
        /// Received by the user.
        case `in`
    }

    package var direction: Direction
    /// Our name for the message. In: the id of the stanza that was sent to the user. Out: the id of the ledger, under
    /// which a room may have shown it.
    package var id: String
    /// Out: the id that the sender's client gave it.
    package var originID: String?
    package var networkID: MessageID
    /// When it was taken from its sender.
    package var at: Timestamp

    package init(direction: Direction, id: String, originID: String?, networkID: MessageID, at: Timestamp) {
        self.direction = direction
        self.id = id
        self.originID = originID
        self.networkID = networkID
        self.at = at
    }
}

/// Asks for a message of one conversation of one user; nil if there is none (any more). If several bear the name, the
/// newest is meant.
package struct ReferenceQuery: StoreQuery {
    package typealias Answer = ReferenceRecord?

    /// The name by which a message is looked for.
    package enum Name: Sendable, Equatable {
        /// Of a stanza: `ReferenceRecord.id` or `originID`.
        case stanza(String)
        /// On the network. Where it names messages of both directions independently, the direction is needed; nil looks
        /// among those received, then among those sent.
        case network(MessageID, ReferenceRecord.Direction?)
    }

    package let gateway: String
    package let user: UserID
    /// Raw localpart of the peer or room.
    package let localpart: String
    package let name: Name

    package init(gateway: String, user: UserID, localpart: String, name: Name) {
        self.gateway = gateway
        self.user = user
        self.localpart = localpart
        self.name = name
    }
}
