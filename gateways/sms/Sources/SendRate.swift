import Basics

/// How fast a provider takes the messages of one number.
struct SendRate: Sendable, Equatable {
    let perSecond: Double
    /// Messages that may go at once after a pause; at least 1.
    let burst: Int

    /// What keeps the rate for one number; full at the start.
    var bucket: TokenBucket { TokenBucket(burst: burst, perSecond: perSecond) }

    /// How long `count` messages take once the burst is used up.
    func duration(of count: Int) -> Duration { .milliseconds(Int64(Double(count) / perSecond * 1000)) }
}
