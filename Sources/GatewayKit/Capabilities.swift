/// What can be done towards one address, as graded data. The core decides by it before it asks the adapter, and
/// computes from it what it advertises.
package struct Capabilities: Sendable, Equatable {
    package enum Feature: String, Sendable, CaseIterable {
        case message
        /// A message that says what its sender does (`/me`).
        case action
        case topic
        case kick
        case nickChange
        /// The network reports that the peer's device has the message.
        case deliveryReport
    }

    /// How well a feature is served, best last.
    package enum Support: Int, Sendable, Comparable {
        /// Asking is an error told to the sender.
        case rejected
        /// Silently left out, because nobody misses it.
        case dropped
        /// Served by something near to it, such as text.
        case fallback
        /// Served with limits.
        case partial
        case full

        package static func < (a: Support, b: Support) -> Bool { a.rawValue < b.rawValue }
    }

    private var grades: [Feature: Support]
    /// Longest text of one message in UTF-8 bytes after which the sender gets an error; nil: no limit.
    package var longestText: Int?

    package init(_ grades: [Feature: Support], longestText: Int? = nil) {
        self.grades = grades
        self.longestText = longestText
    }

    /// Features that are not named are rejected.
    package subscript(feature: Feature) -> Support { grades[feature] ?? .rejected }
}
