import Basics
import GatewayKit
import XMPP

/// How often each user may do something: a token bucket for each bare JID.
///
/// The clock is read only for a new or an empty bucket, because every stanza asks. From 1,024 buckets on, full ones are
/// removed now and then.
struct Allowances {
    private let burst: Int
    private let perSecond: Double
    private var places: [JID: Int] = [:]
    private var buckets: [TokenBucket] = []
    /// The bucket asked for last: stanzas of one user come in runs.
    private var last: (user: JID, place: Int)?
    private var pruneAt = 1_024

    /// - Parameters:
    ///   - burst: how often it may be done at once, at least 1.
    ///   - perSecond: how fast a bucket fills again; 0 or less is no limit at all.
    init(burst: Int, perSecond: Double) {
        self.burst = burst
        self.perSecond = perSecond
    }

    /// Users with a bucket that may not be full. For tests.
    var count: Int { buckets.count }

    /// Takes one token; false if the user has none left.
    mutating func take(_ user: JID, now: () -> Timestamp) -> Bool {
        guard perSecond > 0 else { return true }
        let place = place(of: user, now: now)
        return buckets[place].take(readingClock: { now().nanoseconds })
    }

    /// Takes tokens for what cannot be refused any more; the bucket may go into debt by twice its size.
    mutating func charge(_ user: JID, _ count: Int, now: () -> Timestamp) {
        guard perSecond > 0, count > 0 else { return }
        let place = place(of: user, now: now)
        buckets[place].charge(count)
    }

    private mutating func place(of user: JID, now: () -> Timestamp) -> Int {
        if let last, last.user.hasSameBare(as: user) { return last.place }
        let bare = user.bare
        let place = places[bare] ?? add(bare, now().nanoseconds)
        last = (bare, place)
        return place
    }

    private mutating func add(_ user: JID, _ now: UInt64) -> Int {
        if buckets.count >= pruneAt { prune(now) }
        buckets.append(TokenBucket(burst: burst, perSecond: perSecond, now: now))
        places[user] = buckets.count - 1
        return buckets.count - 1
    }

    private mutating func prune(_ now: UInt64) {
        var kept: [TokenBucket] = []
        var places: [JID: Int] = [:]
        for (user, place) in self.places where !buckets[place].isFull(now: now) {
            places[user] = kept.count
            kept.append(buckets[place])
        }
        (self.places, buckets, last) = (places, kept, nil)
        pruneAt = max(1_024, 2 * kept.count)
    }
}

extension Timestamp {
    /// Nanoseconds since 1970; zero for what was before.
    fileprivate var nanoseconds: UInt64 { UInt64(max(0, secondsSince1970) * 1e9) }
}
