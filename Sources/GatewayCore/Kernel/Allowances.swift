import Basics
import GatewayKit
import XMPP

/// Limits how often each user may do one thing, with a token bucket for each bare JID.
///
/// Every stanza takes a token, so the clock is read only for a new or an empty bucket. Once there are 1,024 buckets,
/// full buckets are removed from time to time.
struct Allowances {
    private let burst: Int
    private let perSecond: Double
    private var indices: [JID: Int] = [:]
    private var buckets: [TokenBucket] = []
    /// The bucket of the latest call. Stanzas of one user often come one after another.
    private var last: (user: JID, index: Int)?
    private var pruneAt = 1_024
    /// How often buckets have been removed. A `Place` of an earlier generation may be that of another bucket now.
    private var generation = 0

    /// Where the bucket of a user is. Loaded users keep it, so that no bucket must be searched for them.
    struct Place {
        fileprivate var index = 0
        fileprivate var generation = -1
    }

    /// - Parameters:
    ///   - burst: the tokens of a full bucket, at least 1.
    ///   - perSecond: the tokens that come back in a second; 0 or less for no limit.
    init(burst: Int, perSecond: Double) {
        self.burst = burst
        self.perSecond = perSecond
    }

    /// The number of users with a bucket. For tests.
    var count: Int { buckets.count }

    /// Takes one token from the user's bucket. Returns false if the bucket is empty.
    mutating func take(_ user: JID, now: () -> Timestamp) -> Bool {
        guard perSecond > 0 else { return true }
        let index = index(of: user, now: now)
        return buckets[index].take(readingClock: { now().nanoseconds })
    }

    /// Takes one token like `take(_:now:)`. `place` is where the user's bucket was found last; it spares the search.
    mutating func take(_ user: JID, at place: inout Place, now: () -> Timestamp) -> Bool {
        guard perSecond > 0 else { return true }
        if place.generation != generation {
            let index = index(of: user, now: now)
            place = Place(index: index, generation: generation)
        }
        return buckets[place.index].take(readingClock: { now().nanoseconds })
    }

    /// Takes `count` tokens from the user's bucket for work that cannot be refused any more. The bucket may go into
    /// debt, by at most twice its size.
    mutating func charge(_ user: JID, _ count: Int, now: () -> Timestamp) {
        guard perSecond > 0, count > 0 else { return }
        let index = index(of: user, now: now)
        buckets[index].charge(count)
    }

    private mutating func index(of user: JID, now: () -> Timestamp) -> Int {
        if let last, last.user.hasSameBare(as: user) { return last.index }
        let bare = user.bare
        let index = indices[bare] ?? add(bare, now().nanoseconds)
        last = (bare, index)
        return index
    }

    private mutating func add(_ user: JID, _ now: UInt64) -> Int {
        if buckets.count >= pruneAt { prune(now) }
        buckets.append(TokenBucket(burst: burst, perSecond: perSecond, now: now))
        indices[user] = buckets.count - 1
        return buckets.count - 1
    }

    private mutating func prune(_ now: UInt64) {
        var kept: [TokenBucket] = []
        var indices: [JID: Int] = [:]
        for (user, index) in self.indices where !buckets[index].isFull(now: now) {
            indices[user] = kept.count
            kept.append(buckets[index])
        }
        (self.indices, buckets, last) = (indices, kept, nil)
        generation += 1
        pruneAt = max(1_024, 2 * kept.count)
    }
}

extension Timestamp {
    /// Nanoseconds since 1970; zero for earlier times.
    fileprivate var nanoseconds: UInt64 { UInt64(max(0, secondsSince1970) * 1e9) }
}
