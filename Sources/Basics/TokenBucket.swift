/// A rate limit with bursts. The bucket starts with `burst` tokens and gains `perSecond` tokens each second, up to
/// `burst`.
///
/// A value: the caller passes the present time, in nanoseconds since a moment of the caller's choice. If the clock is
/// set back, the bucket neither gains nor loses tokens.
package struct TokenBucket: Sendable {
    private let burst: Double
    private let perNanosecond: Double
    private var tokens: Double
    private var updated: UInt64

    /// - Parameters:
    ///   - burst: how many tokens can be taken at once; at least 1.
    ///   - perSecond: how many tokens the bucket gains each second. The least rate is one token in a million seconds.
    ///   - now: the present time. Only `take(readingClock:)` needs it: all other functions get the time as a parameter,
    ///     and a new bucket is full.
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

    /// Takes one token like `take(now:)`, but reads the clock only when the bucket is empty. Therefore, after a pause,
    /// a caller can take the tokens that were left and then a whole burst more.
    package mutating func take(readingClock now: () -> UInt64) -> Bool {
        if !hasToken { refill(now()) }
        return takeOne()
    }

    /// Takes tokens for work that is already done and cannot be refused. The bucket can fall to minus twice `burst`.
    package mutating func charge(_ count: Int) { tokens = max(tokens - Double(max(count, 0)), -2 * burst) }

    /// How long the caller must wait until `take(now:)` succeeds; zero if it succeeds now.
    package mutating func timeUntilNext(now: UInt64) -> Duration {
        refill(now)
        guard !hasToken else { return .zero }
        return .nanoseconds(Int64(min(((1 - tokens) / perNanosecond).rounded(.up), 9e18)))
    }

    /// Whether the bucket has `burst` tokens. Then it equals a new bucket, and the caller may drop it.
    package mutating func isFull(now: UInt64) -> Bool {
        refill(now)
        return tokens >= burst
    }

    /// A token counts as whole if less than a millionth of it is missing. Sums are rounded, and a caller that has
    /// waited for `timeUntilNext` must then get its token.
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
