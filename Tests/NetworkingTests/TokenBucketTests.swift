import NIOCore
import Networking
import Testing

@Suite("Token bucket")
struct TokenBucketTests {
    private func at(_ milliseconds: Int64) -> NIODeadline {
        .uptimeNanoseconds(1_000_000_000) + .milliseconds(milliseconds)
    }

    /// What each attempt at those times, in milliseconds, gets.
    private func takes(_ bucket: inout TokenBucket, _ times: Int64...) -> [Bool] {
        times.map { bucket.take(now: at($0)) }
    }

    @Test("the burst goes at once, then one token per interval")
    func burstThenRate() {
        var bucket = TokenBucket(burst: 3, perSecond: 2)
        let taken = takes(&bucket, 0, 0, 0, 0, 499, 501, 502, 999, 1001)
        #expect(taken == [true, true, true, false, false, true, false, false, true])
    }

    @Test("no more than the burst comes back, however long nobody takes")
    func fillsUpToBurst() {
        var bucket = TokenBucket(burst: 2, perSecond: 100)
        let taken = takes(&bucket, 0, 3_600_000, 3_600_000, 3_600_000)
        #expect(taken == [true, true, true, false])
    }

    @Test("whoever waits as long as told gets a token", arguments: [0.1, 0.3, 1, 3, 7, 1000])
    func waitIsEnough(rate: Double) {
        var bucket = TokenBucket(burst: 1, perSecond: rate)
        var now = at(0)
        for _ in 0..<50 {
            let before = bucket.timeUntilNext(now: now)
            let taken = bucket.take(now: now)
            #expect(before == .zero && taken)
            let wait = bucket.timeUntilNext(now: now)
            #expect(wait > .zero && wait <= .seconds(1 / rate) + .microseconds(1))
            now = now + TimeAmount(wait)
        }
    }

    @Test("a clock that goes back neither gives nor takes")
    func clockGoesBack() {
        var bucket = TokenBucket(burst: 1, perSecond: 1)
        let taken = takes(&bucket, 5000, 0, 5999, 6001)
        #expect(taken == [true, false, false, true])
    }
}
