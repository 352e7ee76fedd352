import GatewayKit

/// Deletes the rows that are older than `Retention` allows, and the oldest rows beyond `Retention.ledgerRows`.
package struct Prune: StoreChange {
    package let now: Timestamp
}

extension Change {
    /// See `Prune`.
    package static func prune(now: Timestamp) -> Change { .other(AnyChange(Prune(now: now))) }
}
