import GatewayKit

/// Drops everything that is older than `Retention` allows, and the oldest of what is too much.
package struct Prune: StoreChange {
    package let now: Timestamp
}

extension Change {
    /// See `Prune`.
    package static func prune(now: Timestamp) -> Change { .other(AnyChange(Prune(now: now))) }
}
