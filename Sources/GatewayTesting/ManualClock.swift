import GatewayKit

/// A clock that stands still until a test moves it, and its timers. `Tag` names a timer: the core under test orders
/// timers as values, and the test gives it their tags when they are due.
package struct ManualClock<Tag> {
    package private(set) var now: Timestamp
    private var timers: [(due: Timestamp, order: Int, tag: Tag)] = []
    private var order = 0

    /// - Parameter now: the first time; by default noon of 1 January 2026, UTC.
    package init(now: Timestamp = Timestamp(secondsSince1970: 1_767_268_800)) { self.now = now }

    /// The tags of timers that are not due yet, soonest first. Timers for the same time are in the order of their
    /// making.
    package var waiting: [Tag] { sorted.map(\.tag) }

    /// Adds a timer that is due when time has moved by `delay`.
    package mutating func schedule(_ tag: Tag, after delay: Duration) {
        order += 1
        timers.append((now.advanced(by: delay), order, tag))
    }

    /// Removes the timers whose tags satisfy the condition.
    package mutating func cancel(where isMeant: (Tag) -> Bool) { timers.removeAll { isMeant($0.tag) } }

    /// Moves time to the next timer that is due until `end`, removes the timer, and returns its tag. If there is none,
    /// moves time to `end` and returns nil. Handle each tag before the next call, so that new timers are included:
    ///
    ///     let end = clock.now.advanced(by: .seconds(60))
    ///     while let tag = clock.nextDue(until: end) { core.handle(.timer(tag)) }
    package mutating func nextDue(until end: Timestamp) -> Tag? {
        guard let first = sorted.first, first.due <= end else {
            now = max(now, end)
            return nil
        }
        timers.removeAll { $0.order == first.order }
        now = max(now, first.due)
        return first.tag
    }

    private var sorted: [(due: Timestamp, order: Int, tag: Tag)] {
        timers.sorted { ($0.due, $0.order) < ($1.due, $1.order) }
    }
}

/// Ids that are the same in every run: `prefix-1`, `prefix-2` …
package final class CountedIDs {
    private let prefix: String
    private var last = 0

    package init(prefix: String = "id") { self.prefix = prefix }

    package func next() -> String {
        last += 1
        return "\(prefix)-\(last)"
    }
}
