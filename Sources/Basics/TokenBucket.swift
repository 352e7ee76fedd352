/// A rate limit with bursts: `burst` tokens at the start, `perSecond` tokens come back, never more than `burst`.
///
/// A value: the caller says what time it is, in nanoseconds since a moment of the caller's choice. A clock that is set
/// back gives no tokens and takes none away.
package struct TokenBucket: Sendable {
    private let burst: Double
    private let perNanosecond: Double
    private var tokens: Double
    private var updated: UInt64

    /// - Parameters:
    ///   - burst: how many may be taken at once, at least 1.
    ///   - perSecond: refill; below one in a million seconds it counts as that.
    ///   - now: only `take(readingClock:)` needs it; a bucket that is always told the time learns it with the first call.
    package init(burst: Int, perSecond: Double, now: UInt64 = 0) {
        self.burst = Double(max(burst, 1))
        perNanosecond = max(perSecond, 1e-6) / 1e9
        tokens = self.burst
        updated = now
    }

    /// Takes one token. Returns false if the bucket is empty.
    package mutating func take(now: UInt64) -> Bool {
        refill(now)
        return takeOne()
    }

    /// Takes one token like `take(now:)`, but reads the clock only when the bucket is empty. After a pause
    /// it gives the tokens that were left, and then a whole burst.
    package mutating func take(readingClock now: () -> UInt64) -> Bool {
        if !hasToken { refill(now()) }
        return takeOne()
    }

    /// Takes tokens for what has happened already and cannot be refused. The bucket may go into debt by twice its size.
    package mutating func charge(_ count: Int) { tokens = max(tokens - Double(max(count, 0)), -2 * burst) }

    /// How long until `take` will succeed; zero if it would now.
    package mutating func timeUntilNext(now: UInt64) -> Duration {
        refill(now)
        guard !hasToken else { return .zero }
        return .nanoseconds(Int64(min(((1 - tokens) / perNanosecond).rounded(.up), 9e18)))
    }

    /// Whether it is as at the start, so that it may be forgotten.
    package mutating func isFull(now: UInt64) -> Bool {
        refill(now)
        return tokens >= burst
    }

    /// A token that lacks less than a millionth is there: the sums are rounded, and nobody shall be woken too early.
    private var hasToken: Bool { tokens > 1 - 1e-6 }

    private mutating func takeOne() -> Bool {
        guard hasToken else { return false }
        tokens -= 1
        return true
    }

    private mutating func refill(_ now: UInt64) {
        if now > updated { tokens = min(burst, tokens + Double(now - updated) * perNanosecond) }
        updated = now
    }
}
