import GatewayKit

/// The wish of a person on the network to get no messages from the holder of a unique value, such as a phone number. It
/// belongs to the value and not to its present user, so it stays when the user's data are removed.
package struct OptOut: Sendable, Equatable {
    /// How the gateway knows of the wish.
    package enum Source: String, Sendable, CaseIterable {
        /// The person has said so in a message.
        case person
        /// The network has refused a message for this reason.
        case network
    }

    /// The value whose holder may not write to the person.
    package let line: UniqueValue
    /// The unescaped localpart of the person.
    package let localpart: String
    package let since: Timestamp
    package let source: Source

    package init(line: UniqueValue, localpart: String, since: Timestamp, source: Source) {
        self.line = line
        self.localpart = localpart
        self.since = since
        self.source = source
    }
}

/// Asks for one page of the people who have opted out, sorted by unique value and then by person.
package struct OptOutPage: StoreQuery {
    package typealias Answer = [OptOut]

    /// The place of a row in this order.
    package struct Place: Sendable, Equatable {
        package let line: UniqueValue
        package let localpart: String

        package init(line: UniqueValue, localpart: String) {
            self.line = line
            self.localpart = localpart
        }
    }

    package let gateway: String
    /// The place of the last row of the page before; nil asks for the first page.
    package let after: Place?
    package let limit: Int

    package init(gateway: String, after: Place? = nil, limit: Int) {
        self.gateway = gateway
        self.after = after
        self.limit = limit
    }
}

/// Ends the wish of a person to get no messages.
package struct LiftOptOut: StoreChange {
    package let gateway: String
    package let line: UniqueValue
    package let localpart: String

    package init(gateway: String, line: UniqueValue, localpart: String) {
        self.gateway = gateway
        self.line = line
        self.localpart = localpart
    }
}
