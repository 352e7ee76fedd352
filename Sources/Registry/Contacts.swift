import GatewayKit

/// Saves the subscriptions between a user and an address, in the place of those that were saved before.
package struct SaveContact: StoreChange {
    package let contact: ContactRecord
}

/// Removes the subscriptions between a user and an address. Does nothing if there are none.
package struct RemoveContact: StoreChange {
    package let contact: ContactRecord
}

extension Change {
    /// See `SaveContact`.
    package static func saveContact(_ contact: ContactRecord) -> Change {
        .other(AnyChange(SaveContact(contact: contact)))
    }

    /// See `RemoveContact`.
    package static func removeContact(_ contact: ContactRecord) -> Change {
        .other(AnyChange(RemoveContact(contact: contact)))
    }
}

/// Asks for the number of addresses that users of a gateway are subscribed to and have not blocked.
package struct ContactCount: StoreQuery {
    package typealias Answer = Int

    package let gateway: String
    /// Whether to count only contacts of the gateway itself. They have an empty localpart.
    package let onlyGateway: Bool

    package init(gateway: String, onlyGateway: Bool = false) {
        self.gateway = gateway
        self.onlyGateway = onlyGateway
    }
}

/// Asks for one page of the addresses that users of a gateway are subscribed to and have not blocked, in order of user
/// and localpart. Pass the last contact of a page as `after` to get the next page. A page with fewer than `limit`
/// contacts is the last.
package struct ContactPage: StoreQuery {
    package typealias Answer = [ContactRecord]

    package let gateway: String
    /// The last contact of the page before; nil asks for the first page.
    package let after: ContactRecord?
    package let limit: Int
    /// Whether to return only subscriptions to the gateway itself, which have an empty localpart.
    package let onlyGateway: Bool

    package init(gateway: String, after: ContactRecord? = nil, limit: Int, onlyGateway: Bool = false) {
        self.gateway = gateway
        self.after = after
        self.limit = limit
        self.onlyGateway = onlyGateway
    }
}
