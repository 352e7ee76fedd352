import NIOCore

/// A rate limit with bursts: `burst` tokens at the start, `perSecond` tokens come back, never more than `burst`.
///
/// A value: the caller says what time it is. A clock that goes back gives no tokens and takes none away.
package struct TokenBucket: Sendable {
    private let burst: Double
    private let perNanosecond: Double
    private var tokens: Double
    private var updated: NIODeadline?

    /// - Parameters:
    ///   - burst: how many may be taken at once, at least 1.
    ///   - perSecond: refill; below one in a million seconds it counts as that.
    package init(burst: Int, perSecond: Double) {
        self.burst = Double(max(burst, 1))
        self.perNanosecond = max(perSecond, 1e-6) / 1e9
        self.tokens = self.burst
    }

    /// Takes one token; false if there is none yet.
    package mutating func take(now: NIODeadline) -> Bool {
        refill(now)
        guard tokens >= 1 else { return false }
        tokens -= 1
        return true
    }

    /// How long until `take` will succeed; zero if it would now.
    package mutating func timeUntilNext(now: NIODeadline) -> Duration {
        refill(now)
        guard tokens < 1 else { return .zero }
        // A nanosecond more than computed, so that rounding never wakes the caller too early.
        return .nanoseconds(Int64(((1 - tokens) / perNanosecond).rounded(.up)) + 1)
    }

    /// Whether it is as at the start.
    package mutating func isFull(now: NIODeadline) -> Bool {
        refill(now)
        return tokens >= burst
    }

    private mutating func refill(_ now: NIODeadline) {
        guard let updated else {
            self.updated = now
            return
        }
        guard now > updated else { return }
        tokens = min(burst, tokens + Double((now - updated).nanoseconds) * perNanosecond)
        self.updated = now
    }
}
