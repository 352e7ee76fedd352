import Basics
import Testing

@Suite("Token bucket")
struct TokenBucketTests {
    /// The nanoseconds of a clock that starts at one second.
    private func at(_ milliseconds: UInt64) -> UInt64 { 1_000_000_000 + milliseconds * 1_000_000 }

    private func milliseconds(_ wait: Duration) -> Int { Int((wait / .milliseconds(1)).rounded()) }

    /// Tries to take a token at each of these times, in milliseconds, and returns the results.
    private func takes(_ bucket: inout TokenBucket, _ times: UInt64...) -> [Bool] {
        times.map { bucket.take(now: at($0)) }
    }

    @Test("the burst can be taken at once, then one token per interval")
    func burstThenRate() {
        var bucket = TokenBucket(burst: 3, perSecond: 2)
        let taken = takes(&bucket, 0, 0, 0, 0, 499, 501, 502, 999, 1001)
        #expect(taken == [true, true, true, false, false, true, false, false, true])
    }

    @Test("a bucket never gains more than the burst, however long it rests")
    func fillsUpToBurst() {
        var bucket = TokenBucket(burst: 2, perSecond: 100)
        let taken = takes(&bucket, 0, 3_600_000, 3_600_000, 3_600_000)
        #expect(taken == [true, true, true, false])
    }

    @Test(
        "a caller that waits for timeUntilNext gets a token, and not much earlier",
        arguments: [0.1, 0.3, 1, 3, 7, 1000])
    func waitIsEnough(rate: Double) {
        var bucket = TokenBucket(burst: 1, perSecond: rate)
        var now = at(0)
        for _ in 0..<50 {
            let before = bucket.timeUntilNext(now: now)
            let taken = bucket.take(now: now)
            #expect(before == .zero && taken)
            let wait = bucket.timeUntilNext(now: now)
            #expect(wait > .zero && wait <= .seconds(1 / rate) + .microseconds(1))
            now += UInt64(wait / .nanoseconds(1))
            var early = bucket
            let tooEarly = early.take(now: now - UInt64(1e9 / rate / 100))
            #expect(!tooEarly)
        }
    }

    @Test("a wait that is too long for Int64 nanoseconds is limited")
    func longestWait() {
        var bucket = TokenBucket(burst: .max, perSecond: 0)
        bucket.charge(.max)
        bucket.charge(.max)
        let wait = bucket.timeUntilNext(now: 0)
        #expect(wait == .nanoseconds(9_000_000_000_000_000_000))
    }

    @Test("a clock that is set back neither adds nor removes tokens, and the refill goes on from its new time")
    func clockGoesBack() {
        var bucket = TokenBucket(burst: 1, perSecond: 1)
        let taken = takes(&bucket, 5000, 0, 999, 1001)
        #expect(taken == [true, false, false, true])
    }

    @Test("a debt is refilled before a token can be taken, and is never more than twice the burst")
    func debt() {
        var bucket = TokenBucket(burst: 5, perSecond: 1)
        let first = bucket.take(now: at(0))
        bucket.charge(6)
        let waits = [bucket.timeUntilNext(now: at(0)), bucket.timeUntilNext(now: at(2999))]
        #expect(first && waits.map(milliseconds) == [3000, 1])
        bucket.charge(1000)
        let longest = bucket.timeUntilNext(now: at(2999))
        #expect(milliseconds(longest) == 11_000)
        bucket.charge(-1000)
        let same = bucket.timeUntilNext(now: at(2999))
        #expect(milliseconds(same) == 11_000)
    }

    @Test("the clock is read only when the bucket is empty")
    func lazyClock() {
        var bucket = TokenBucket(burst: 2, perSecond: 1, now: at(0))
        var reads = 0
        let times: [UInt64] = [0, 0, 0, 999, 1001, 5000, 5000, 5000]
        let taken = times.map { time in
            bucket.take {
                reads += 1
                return at(time)
            }
        }
        #expect(taken == [true, true, false, false, true, true, true, false])
        #expect(reads == 5)
    }

    @Test("a bucket is full at the start and when all its tokens are refilled")
    func full() {
        var bucket = TokenBucket(burst: 2, perSecond: 1)
        let atStart = bucket.isFull(now: at(0))
        _ = bucket.take(now: at(0))
        let later = [bucket.isFull(now: at(0)), bucket.isFull(now: at(999)), bucket.isFull(now: at(1000))]
        #expect(atStart && later == [false, false, true])
    }
}
