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
