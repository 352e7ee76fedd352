import GatewayKit

/// Asks for the next messages that the XMPP server may not have, oldest first. A page shorter than `limit` is the last.
package struct OpenInbound: StoreQuery {
    package typealias Answer = [InboundEntry]

    package let gateway: String
    /// Limits the answer to the messages of this user; nil for the messages of all users.
    package let user: UserID?
    /// The id of the last message of the page before. Nil or an unknown id asks for the first page.
    package let after: String?
    package let limit: Int

    package init(gateway: String, user: UserID? = nil, after: String? = nil, limit: Int) {
        self.gateway = gateway
        self.user = user
        self.after = after
        self.limit = limit
    }
}
