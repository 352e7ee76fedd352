import NIOCore

/// How fast messages of one number may be handed over: a bucket of tokens, filled at a steady rate.
struct SendPace: Sendable {
    struct Limit: Sendable, Equatable {
        let perSecond: Double
        /// Messages that may go at once after a pause; at least 1.
        let burst: Int
    }

    private let limit: Limit
    private var tokens: Double
    private var filledAt: NIODeadline

    init(_ limit: Limit, now: NIODeadline) {
        self.limit = limit
        tokens = Double(limit.burst)
        filledAt = now
    }

    /// Takes a token and returns nil, or returns how long to wait for one.
    mutating func take(now: NIODeadline) -> TimeAmount? {
        let elapsed = Double((now - filledAt).nanoseconds) / 1e9
        tokens = min(Double(limit.burst), tokens + max(0, elapsed) * limit.perSecond)
        filledAt = now
        // A token that lacks less than a millionth is rounding, not waiting.
        guard tokens < 1 - 1e-6 else {
            tokens -= 1
            return nil
        }
        return .nanoseconds(Int64(((1 - tokens) / limit.perSecond * 1e9).rounded()))
    }

    /// How long `count` messages take from empty.
    func duration(of count: Int) -> Duration { .milliseconds(Int64(Double(count) / limit.perSecond * 1000)) }
}
