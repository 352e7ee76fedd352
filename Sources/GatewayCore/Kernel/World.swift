import GatewayKit

/// The functions that the core needs from its surroundings: a clock, a source of ids, and counters.
package struct World {
    package let now: () -> Timestamp
    /// Makes a new id of letters, digits and `-`. No id is ever made twice.
    package let newID: () -> String
    /// Adds one to the counter of an event.
    package let count: (Counted) -> Void

    package init(
        now: @escaping () -> Timestamp, newID: @escaping () -> String, count: @escaping (Counted) -> Void
    ) {
        self.now = now
        self.newID = newID
        self.count = count
    }
}
