import GatewayKit

/// What the core of a gateway needs at its start: the open ledger, and the accounts that must be online.
package struct GatewaySnapshot: Sendable, Equatable {
    /// All accounts in order of user and network if they were asked for. An account with a secret that does not open is
    /// left out, and logged.
    package var accounts: [AccountRecord]
    /// Entries in state `waiting` or `handing`, oldest first. Those of accounts with a secret that does not open are
    /// left out: they wait until it can be read again.
    package var outbound: [OutboundEntry]
    /// Ended, and perhaps not told, oldest first.
    package var untold: [UntoldOutcome]
    /// Not yet taken by the home server, oldest first.
    package var inbound: [InboundEntry]

    package init(
        accounts: [AccountRecord] = [], outbound: [OutboundEntry] = [], untold: [UntoldOutcome] = [],
        inbound: [InboundEntry] = []
    ) {
        self.accounts = accounts
        self.outbound = outbound
        self.untold = untold
        self.inbound = inbound
    }
}

/// An outcome that its sender may not have heard of.
package struct UntoldOutcome: Sendable, Equatable {
    package var entry: OutboundEntry
    /// Nil for a delivery.
    package var failure: Failure?

    package init(_ entry: OutboundEntry, failure: Failure?) {
        self.entry = entry
        self.failure = failure
    }
}

/// Asks for what a gateway needs to start; `Store.snapshot` is the usual way to ask.
package struct SnapshotQuery: StoreQuery {
    package typealias Answer = GatewaySnapshot

    package let gateway: String
    package let accounts: Bool

    package init(gateway: String, accounts: Bool) {
        self.gateway = gateway
        self.accounts = accounts
    }
}
