import GatewayKit

/// A message of a user on its way out, without its text, and what became of it.
package struct SentMessage: Sendable, Equatable {
    package var id: RequestID
    package var account: AccountID
    /// Raw localpart of the peer or room.
    package var localpart: String
    /// The address to which the user wrote.
    package var recipient: String
    package var originID: String?
    package var state: OutboundEntry.State
    package var attempts: Int
    /// Why it failed, or why its outcome is unknown.
    package var failure: Failure?
    package var foreignID: MessageID?
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

/// Asks for one outbound entry in whatever state it is, for reports that come late; nil if there is none (any more).
package struct OutboundQuery: StoreQuery {
    package typealias Answer = OutboundEntry?

    package let id: RequestID

    package init(id: RequestID) { self.id = id }
}
