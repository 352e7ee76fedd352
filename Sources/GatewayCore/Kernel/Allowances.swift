import GatewayKit
import XMPP

/// How often each user may do something: a token bucket for each bare JID.
///
/// The clock is read only for a new or an empty bucket, because every stanza asks. From 1,024 buckets on, full ones are
/// removed now and then.
struct Allowances {
    private struct Bucket {
        var left: Int
        /// Since when `left` has only gone down.
        var filled: Timestamp
    }

    private let burst: Int
    private let perSecond: Double
    private var places: [JID: Int] = [:]
    private var buckets: [Bucket] = []
    /// The bucket asked for last: stanzas of one user come in runs.
    private var last: (user: JID, place: Int)?
    private var pruneAt = 1_024

    /// - Parameters:
    ///   - burst: how often it may be done at once, at least 1.
    ///   - perSecond: how fast a bucket fills again; 0 or less is no limit at all.
    init(burst: Int, perSecond: Double) {
        self.burst = max(burst, 1)
        self.perSecond = perSecond
    }

    /// Users with a bucket that may not be full. For tests.
    var count: Int { buckets.count }

    /// Takes one token; false if the user has none left.
    mutating func take(_ user: JID, now: () -> Timestamp) -> Bool {
        guard perSecond > 0 else { return true }
        let place = place(of: user, now: now)
        if buckets[place].left <= 0 { refill(place, now()) }
        guard buckets[place].left > 0 else { return false }
        buckets[place].left -= 1
        return true
    }

    /// Takes tokens that cannot be refused any more; the bucket may go into debt by twice its size.
    mutating func charge(_ user: JID, _ count: Int, now: () -> Timestamp) {
        guard perSecond > 0, count > 0 else { return }
        let place = place(of: user, now: now)
        buckets[place].left = max(buckets[place].left - count, -2 * burst)
    }

    private mutating func place(of user: JID, now: () -> Timestamp) -> Int {
        if let last, last.user.hasSameBare(as: user) { return last.place }
        let bare = user.bare
        let place = places[bare] ?? add(bare, now())
        last = (bare, place)
        return place
    }

    private mutating func add(_ user: JID, _ now: Timestamp) -> Int {
        if buckets.count >= pruneAt { prune(now) }
        buckets.append(Bucket(left: burst, filled: now))
        places[user] = buckets.count - 1
        return buckets.count - 1
    }

    /// A clock that was set back gives nothing and takes nothing away.
    private mutating func refill(_ place: Int, _ now: Timestamp) {
        let gained = earned(buckets[place], now)
        guard gained >= 1 else {
            if now < buckets[place].filled { buckets[place].filled = now }
            return
        }
        buckets[place].left = min(burst, buckets[place].left + Int(gained))
        buckets[place].filled = now
    }

    private func earned(_ bucket: Bucket, _ now: Timestamp) -> Double {
        min(Double(3 * burst), (now.secondsSince1970 - bucket.filled.secondsSince1970) * perSecond)
    }

    private mutating func prune(_ now: Timestamp) {
        var kept: [Bucket] = []
        var places: [JID: Int] = [:]
        for (user, place) in self.places where Double(buckets[place].left) + earned(buckets[place], now) < Double(burst)
        {
            places[user] = kept.count
            kept.append(buckets[place])
        }
        (self.places, buckets, last) = (places, kept, nil)
        pruneAt = max(1_024, 2 * kept.count)
    }
}
