import GatewayKit
import Registry
import XMPP

extension HomeOutbox {
    /// A queue of items in the same state (`unsent`, `unfenced` or `fencing`), oldest first.
    ///
    /// Only memory holds live messages, so their number is bounded, for each user and for all users together. The bound
    /// for each user keeps one user with many messages from displacing those of others. The messages are counted by
    /// user only when the queue has many more than one user may have, so that the average cost of an item is small.
    struct Pile {
        private(set) var items: [Item] = []
        /// Notes of features about stanzas that are no items. They go back to their features.
        var notes: [NoteSlip] = []
        /// The number of live messages.
        private(set) var live = 0
        /// The number of stored messages.
        private(set) var stored = 0
        /// The number of live messages at which they are counted by user the next time.
        private var trimAt = 2 * HomeOutbox.mostLiveOfUser

        var isEmpty: Bool { items.isEmpty && notes.isEmpty }
        var count: Int { items.count }

        /// Adds an item at the end. Returns the live messages that are dropped for it.
        mutating func append(_ item: consuming Item) -> Dropped? {
            tally(item, 1)
            items.append(item)
            return live < trimAt ? nil : trim()
        }

        /// Adds items before all others. Returns the live messages that are dropped for them.
        mutating func putFirst(_ new: [Item]) -> Dropped? {
            for item in new { tally(item, 1) }
            items = new + items
            return live < trimAt ? nil : trim()
        }

        /// Removes and returns the oldest items.
        mutating func takeFirst(atMost count: Int) -> [Item] {
            let taken = Array(items.prefix(count))
            items.removeFirst(taken.count)
            for item in taken { tally(item, -1) }
            return taken
        }

        /// Changes the number of items of this kind.
        private mutating func tally(_ item: borrowing Item, _ change: Int) {
            switch item {
            case .stored: stored += change
            case .direct, .roomMessage: live += change
            case .report, .refused: break
            }
        }

        /// Removes and returns the first stored message that meets the condition.
        mutating func takeStored(where isMeant: (InboundEntry) -> Bool) -> InboundEntry? {
            guard let index = items.firstIndex(where: { $0.entry.map(isMeant) ?? false }) else { return nil }
            stored -= 1
            return items.remove(at: index).entry
        }

        /// Drops the oldest live messages of each user who has more than a share of them.
        private mutating func trim() -> Dropped? {
            let counts = countByUser()
            let share = Self.share(of: Array(counts.values))
            var surplus = counts.filter { $1 > share }.mapValues { $0 - share }
            let surplusOfAll = surplus.values.reduce(0, +)
            // Very many users can exceed the bound with one message each.
            var rest = max(0, live - surplusOfAll - HomeOutbox.mostLive)
            let dropped = Dropped(count: surplusOfAll + rest, most: surplus.max { $0.value < $1.value }?.key)
            var left = dropped.count
            items.removeAll { item in
                guard left > 0, let user = item.liveUser else { return false }
                if let more = surplus[user], more > 0 {
                    surplus[user] = more - 1
                } else if rest > 0 {
                    rest -= 1
                } else {
                    return false
                }
                left -= 1
                return true
            }
            live -= dropped.count
            trimAt = min(2 * max(live, HomeOutbox.mostLiveOfUser), 2 * HomeOutbox.mostLive)
            return dropped.count > 0 ? dropped : nil
        }

        /// The number of live messages of each user. Messages of one user often follow each other, and each run of them
        /// costs one look-up.
        private func countByUser() -> [UserID: Int] {
            var counts: [UserID: Int] = [:]
            var run: (user: UserID, count: Int)?
            for case let user? in items.lazy.map(\.liveUser) {
                if run?.user == user {
                    run?.count += 1
                } else {
                    if let run { counts[run.user, default: 0] += run.count }
                    run = (user, 1)
                }
            }
            if let run { counts[run.user, default: 0] += run.count }
            return counts
        }

        /// The number of messages that each user may keep so that all users together do not exceed the bound.
        private static func share(of counts: [Int]) -> Int {
            var rest = HomeOutbox.mostLive
            for (index, count) in counts.sorted().enumerated() {
                let even = rest / (counts.count - index)
                if count > even { return max(1, min(even, HomeOutbox.mostLiveOfUser)) }
                rest -= count
            }
            return HomeOutbox.mostLiveOfUser
        }
    }

    /// The live messages that were dropped from a full queue.
    struct Dropped: Equatable {
        let count: Int
        /// The user who has lost the most messages.
        let most: UserID?
    }
}

extension HomeOutbox.Item {
    /// The recipient of a live message; nil for any other item.
    fileprivate var liveUser: UserID? {
        switch self {
        case .direct(let message): UserID(message.head.to?.bare.description ?? "")
        case .roomMessage(let user, _, _): user
        case .stored, .report, .refused: nil
        }
    }
}
