import Basics
import DequeModule
import GatewayKit
import Registry

/// The order in which open messages are handed over.
///
/// The messages of one account to one recipient form a lane, in the order in which they were written. Only the first
/// message of a lane is handed over. The next one follows when the network has taken the first one, or when the first
/// one has ended. So no message overtakes another one to the same recipient, also when the first one is tried again.
///
/// Each account has a bounded number of messages with its adapter at once (`Limits.handedPerAccount`). The first
/// messages of further lanes wait for a free place, in the order in which they became ready.
struct HandOverOrder {
    /// The messages of an account to one recipient.
    struct Lane: Hashable {
        let account: AccountID
        let recipient: ExactText

        /// - Parameter localpart: the unescaped localpart of the recipient.
        init(_ account: AccountID, localpart: String) {
            self.account = account
            recipient = ExactText(localpart)
        }
    }

    private var lanes: [Lane: Deque<RequestID>] = [:]
    /// The messages of each lane whose storing is not answered yet.
    private var unstored: [Lane: Int] = [:]
    private var handed: [AccountID: Set<RequestID>] = [:]
    private var ready: [AccountID: Deque<RequestID>] = [:]
    /// The ids in `ready`.
    private var allReady: Set<RequestID> = []

    /// The number of messages in a lane, and of those that are being stored for it.
    func count(in lane: Lane) -> Int { (lanes[lane]?.count ?? 0) + (unstored[lane] ?? 0) }

    /// Counts a message that is about to be stored.
    mutating func reserve(_ lane: Lane) { unstored[lane, default: 0] += 1 }

    /// Ends the count of a message that was about to be stored, because the registry has answered.
    mutating func release(_ lane: Lane) { unstored[lane] = unstored[lane].flatMap { $0 > 1 ? $0 - 1 : nil } }

    /// Adds a message at the end of its lane.
    mutating func append(_ entry: OutboundEntry) { lanes[entry.lane, default: []].append(entry.id) }

    /// Whether a message is the first of its lane, so that it may be handed over.
    func isFirst(_ entry: OutboundEntry) -> Bool { lanes[entry.lane]?.first == entry.id }

    /// Removes a message from its lane. Returns the message that is the first now if the removed one was the first.
    mutating func remove(_ entry: OutboundEntry) -> RequestID? {
        let lane = entry.lane
        guard let index = lanes[lane]?.firstIndex(of: entry.id) else { return nil }
        lanes[lane]?.remove(at: index)
        guard let first = lanes[lane]?.first else {
            lanes[lane] = nil
            return nil
        }
        return index == 0 ? first : nil
    }

    /// Takes a place with the adapter for a message. If the account has no free place, the message becomes ready, and
    /// `nextReady` returns it later.
    mutating func takePlace(_ entry: OutboundEntry, most: Int) -> Bool {
        guard handed[entry.account, default: []].count < most else {
            if allReady.insert(entry.id).inserted { ready[entry.account, default: []].append(entry.id) }
            return false
        }
        handed[entry.account, default: []].insert(entry.id)
        return true
    }

    /// Frees the place of a message with the adapter, if it has one.
    mutating func freePlace(_ entry: OutboundEntry) {
        guard handed[entry.account]?.remove(entry.id) != nil else { return }
        if handed[entry.account]?.isEmpty == true { handed[entry.account] = nil }
    }

    /// Removes and returns the next ready message of an account with a free place; nil if there is none.
    mutating func nextReady(_ account: AccountID, most: Int) -> RequestID? {
        guard !allReady.isEmpty, handed[account, default: []].count < most,
            let id = ready[account]?.popFirst()
        else { return nil }
        if ready[account]?.isEmpty == true { ready[account] = nil }
        allReady.remove(id)
        return id
    }

    /// Whether nothing is left, for tests.
    var isEmpty: Bool { lanes.isEmpty && unstored.isEmpty && handed.isEmpty && ready.isEmpty && allReady.isEmpty }
}

extension OutboundEntry {
    fileprivate var lane: HandOverOrder.Lane { HandOverOrder.Lane(account, localpart: localpart) }
}
