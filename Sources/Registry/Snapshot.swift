import GatewayKit

/// The data that the core of a gateway needs at its start: the open entries of the ledger, and the adapter's values. If
/// the query asks for them, it also has all accounts; the core does not need these.
package struct GatewaySnapshot: Sendable, Equatable {
    /// All accounts, in order of user and network; empty unless the query asks for them. The store leaves out an
    /// account with a secret that does not open, and logs it.
    package var accounts: [AccountRecord]
    /// Entries in state `waiting` or `handing`, oldest first. The store leaves out entries of accounts with a secret
    /// that does not open. They wait until the secret opens again.
    package var outbound: [OutboundEntry]
    /// Outbound entries that have ended and whose senders may not know it, oldest first.
    package var unreported: [UnreportedOutcome]
    /// Inbound messages that the XMPP server may not have, oldest first.
    package var inbound: [InboundEntry]
    /// The values that the gateway keeps for itself, in order of their keys.
    package var kept: [KeptValue]
    /// The users and domains that operators have excluded, in order of their subjects.
    package var restrictions: [Restriction]

    package init(
        accounts: [AccountRecord] = [], outbound: [OutboundEntry] = [], unreported: [UnreportedOutcome] = [],
        inbound: [InboundEntry] = [], kept: [KeptValue] = [], restrictions: [Restriction] = []
    ) {
        self.accounts = accounts
        self.outbound = outbound
        self.unreported = unreported
        self.inbound = inbound
        self.kept = kept
        self.restrictions = restrictions
    }
}

/// The end of an outbound message that its sender may not know of.
package struct UnreportedOutcome: Sendable, Equatable {
    package var entry: OutboundEntry
    /// The reason of a failure or of an unknown outcome; nil for a delivery.
    package var failure: Failure?

    package init(_ entry: OutboundEntry, failure: Failure?) {
        self.entry = entry
        self.failure = failure
    }
}

/// Asks for the data that a gateway needs to start. Call `Store.snapshot` instead: it also waits for earlier changes.
package struct SnapshotQuery: StoreQuery {
    package typealias Answer = GatewaySnapshot

    package let gateway: String
    /// Whether the answer includes all accounts.
    package let accounts: Bool

    package init(gateway: String, accounts: Bool) {
        self.gateway = gateway
        self.accounts = accounts
    }
}
