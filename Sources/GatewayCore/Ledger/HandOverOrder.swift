import Basics
import DequeModule
import GatewayKit
import Registry

/// The order in which open messages are handed over.
///
/// The messages of one account to one recipient form a lane, in the order in which they were written. Only the first
/// message of a lane is handed over. It leaves the lane when the network has taken it, when it has ended, or when its
/// outcome is unknown. Then the next message is the first. So no message overtakes another one to the same recipient,
/// also when a message is tried again.
///
/// The adapter has at most `Limits.handedPerAccount` messages of an account at once: each takes a place. The first
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
    /// The number of messages for each lane that the registry is storing.
    private var unstored: [Lane: Int] = [:]
    /// The messages that have a place with the adapter.
    private var handed: [AccountID: Set<RequestID>] = [:]
    /// The messages that wait for a place, in order.
    private var ready: [AccountID: Deque<RequestID>] = [:]
    /// The ids in `ready`.
    private var allReady: Set<RequestID> = []

    /// The number of messages in a lane, including those that the registry is storing.
    func count(in lane: Lane) -> Int { (lanes[lane]?.count ?? 0) + (unstored[lane] ?? 0) }

    /// Counts a message for a lane. Call it before the registry stores the message, and `release` when it has answered.
    mutating func reserve(_ lane: Lane) { unstored[lane, default: 0] += 1 }

    /// Takes back `reserve`. Call it when the registry has answered.
    mutating func release(_ lane: Lane) { unstored[lane] = unstored[lane].flatMap { $0 > 1 ? $0 - 1 : nil } }

    /// Adds a message at the end of its lane.
    mutating func append(_ entry: OutboundEntry) { lanes[entry.lane, default: []].append(entry.id) }

    /// Whether a message is the first of its lane, so that it may be handed over.
    func isFirst(_ entry: OutboundEntry) -> Bool { lanes[entry.lane]?.first == entry.id }

    /// Removes a message from its lane. If it was the first, returns the next one, which is now the first; otherwise
    /// nil.
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

    /// Takes a place with the adapter for a message. Returns false if the account has no free place: then the message
    /// waits for one, and `nextReady` returns it later.
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

    /// Removes and returns the message that has waited longest for a place, if the account now has a free one;
    /// otherwise nil.
    mutating func nextReady(_ account: AccountID, most: Int) -> RequestID? {
        guard !allReady.isEmpty, handed[account, default: []].count < most,
            let id = ready[account]?.popFirst()
        else { return nil }
        if ready[account]?.isEmpty == true { ready[account] = nil }
        allReady.remove(id)
        return id
    }

    /// Whether no message is left. Only tests use it.
    var isEmpty: Bool { lanes.isEmpty && unstored.isEmpty && handed.isEmpty && ready.isEmpty && allReady.isEmpty }
}

extension OutboundEntry {
    fileprivate var lane: HandOverOrder.Lane { HandOverOrder.Lane(account, localpart: localpart) }
}
