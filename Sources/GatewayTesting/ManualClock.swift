import GatewayKit

/// A clock that stands still until a test moves it, with the timers that hang on it. `Tag` names a timer: the core
/// under test asks for timers as values, and is told their tags when they are due.
package struct ManualClock<Tag> {
    package private(set) var now: Timestamp
    private var timers: [(due: Timestamp, order: Int, tag: Tag)] = []
    private var order = 0

    /// Starts at noon of 1 January 2026, UTC, unless told otherwise.
    package init(now: Timestamp = Timestamp(secondsSince1970: 1_767_268_800)) { self.now = now }

    /// Tags that are still waiting, soonest first; of two for one moment, the first that was asked for.
    package var waiting: [Tag] { sorted.map(\.tag) }

    package mutating func schedule(_ tag: Tag, after delay: Duration) {
        order += 1
        timers.append((now.advanced(by: delay), order, tag))
    }

    package mutating func cancel(where isMeant: (Tag) -> Bool) { timers.removeAll { isMeant($0.tag) } }

    /// Moves time to the next timer that is due until `end`, and returns its tag; at last to `end` itself, and
    /// returns nil. A test handles each tag before it asks for the next, so that new timers take part:
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
