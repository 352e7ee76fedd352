import GatewayKit

/// What the core asks of its surroundings, and whom it tells what it counts.
package struct World {
    package let now: () -> Timestamp
    /// A new id, unique for ever, of letters, digits and `-`.
    package let newID: () -> String
    package let count: (Counted) -> Void

    package init(
        now: @escaping () -> Timestamp, newID: @escaping () -> String, count: @escaping (Counted) -> Void
    ) {
        self.now = now
        self.newID = newID
        self.count = count
    }
}
