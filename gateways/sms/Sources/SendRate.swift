import Basics

/// The rate at which a provider takes the messages of one number.
struct SendRate: Sendable, Equatable {
    let perSecond: Double
    /// The number of messages that may be sent at once after a pause, at least 1.
    let burst: Int

    /// A new token bucket with this rate for one number. It is full.
    var bucket: TokenBucket { TokenBucket(burst: burst, perSecond: perSecond) }

    /// The time that `count` messages take after the burst.
    func duration(of count: Int) -> Duration { .milliseconds(Int64(Double(count) / perSecond * 1000)) }
}
