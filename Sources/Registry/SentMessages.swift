import GatewayKit

/// An outbound message of a user, without its text, with its state.
package struct SentMessage: Sendable, Equatable {
    package var id: RequestID
    package var account: AccountID
    /// The unescaped localpart of the peer or room.
    package var localpart: String
    /// The address to which the user wrote.
    package var recipient: String
    /// The id that the sender's client gave the message.
    package var originID: String?
    package var state: OutboundEntry.State
    package var attempts: Int
    /// The reason why the message failed, or why its outcome is unknown.
    package var failure: Failure?
    /// The provider's id of the message.
    package var foreignID: MessageID?
    /// The facts that the network has told about the message.
    package var facts: MessageFacts
    package var createdAt: Timestamp
    package var updatedAt: Timestamp

    package init(_ entry: OutboundEntry, failure: Failure?) {
        id = entry.id
        account = entry.account
        localpart = entry.localpart
        recipient = entry.recipient
        originID = entry.originID
        state = entry.state
        attempts = entry.attempts
        self.failure = failure
        foreignID = entry.foreignID
        facts = entry.facts
        createdAt = entry.createdAt
        updatedAt = entry.updatedAt
    }
}

/// Asks for the newest messages that a user has sent over a gateway, newest first.
package struct SentMessages: StoreQuery {
    package typealias Answer = [SentMessage]

    package let gateway: String
    package let user: UserID
    package let limit: Int

    package init(gateway: String, user: UserID, limit: Int) {
        self.gateway = gateway
        self.user = user
        self.limit = limit
    }
}

/// Asks for an outbound entry in any state, because a report may come after the entry has ended. The answer is nil if
/// the store does not have the entry.
package struct OutboundQuery: StoreQuery {
    package typealias Answer = OutboundEntry?

    package let id: RequestID

    package init(id: RequestID) { self.id = id }
}

/// Records facts about an outbound message of an account (`MessageFacts`). The stage `sent` is recorded only while the
/// message is on its way. The stages `rejected` and `expired` are recorded only before the message is delivered or has
/// failed. Facts that are nil leave the stored ones as they are.
package struct NoteFacts: StoreChange {
    package let id: RequestID
    /// The account whose session tells the facts. The price of a removed user's message counts whoever tells it. Nil if
    /// no session tells them.
    package let account: AccountID?
    package let facts: MessageFacts
}

extension Change {
    /// See `NoteFacts`.
    package static func note(_ facts: MessageFacts, of id: RequestID, by account: AccountID?) -> Change {
        .other(AnyChange(NoteFacts(id: id, account: account, facts: facts)))
    }
}
