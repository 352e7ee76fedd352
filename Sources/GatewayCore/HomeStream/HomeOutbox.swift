import GatewayKit
import Registry
import XMPP

/// What was sent to the home server and is not known to have arrived. The component stream has no acknowledgements, so
/// an ordered fence stands in for them: what was sent before an answered fence is there, the rest is sent again with
/// the same id when the stream is back.
struct HomeOutbox {
    enum Item {
        /// A message from the network that is on record.
        case stored(InboundEntry)
        /// A receipt or error that ends an entry of the ledger.
        case report(RequestID, Message)
        /// A message of a live network, and where it was going.
        case direct(Message)
        case said(UserID, RoomAddress, MissedMessage)
        /// An answer or presence that the open stream has refused: sent once more, without proof.
        case late(Stanza)
    }

    /// To be sent when the stream is open.
    private(set) var unsent: [Item] = []
    /// Sent since the last fence was asked for.
    private(set) var unfenced: [Item] = []
    /// Sent before the fence that is on its way.
    private(set) var fencing: [Item] = []
    private(set) var batch = 0
    /// A fence is due soon by timer.
    var isFencePlanned = false
    /// What the stream has refused is sent again soon by timer.
    var isResendPlanned = false
    /// Messages of live networks kept at least, and twice that at most; what is on disk has no limit here.
    static let leastLive = 1_000
    /// Of what had to wait, so many are sent before there is proof: sent at once, what a long outage leaves could be more
    /// than the stream takes, again and again.
    static let mostUnproven = 500

    mutating func sent(_ item: consuming Item) { Self.append(item, to: &unfenced) }
    mutating func hold(_ item: consuming Item) {
        if item.isLate { late += 1 }
        Self.append(item, to: &unsent)
    }

    /// Whether another refused stanza can be kept.
    var hasRoomForLate: Bool { late < Self.mostLate }

    /// Refused stanzas that wait.
    private var late = 0
    /// Refused stanzas are kept up to this number. Reading pauses long before, so that nothing asks for
    /// more.
    private static let mostLate = 20_000

    /// Beyond the limit, the older messages that are on no disk are let go: many at once, so that each costs little.
    private static func append(_ item: consuming Item, to items: inout [Item]) {
        let isLive = item.isLive
        items.append(item)
        guard isLive, items.count >= 2 * leastLive else { return }
        var surplus = items.count { $0.isLive } - leastLive
        guard surplus >= leastLive else { return }
        items.removeAll { item in
            guard item.isLive, surplus > 0 else { return false }
            surplus -= 1
            return true
        }
    }

    /// The number of the next fence, if one is needed and none is on its way.
    mutating func nextFence() -> Int? {
        guard fencing.isEmpty, !unfenced.isEmpty else { return nil }
        fencing = unfenced
        unfenced = []
        batch += 1
        return batch
    }

    /// What a fence has proven to be there; empty if it is an old one.
    mutating func fenced(_ number: Int) -> [Item] {
        guard number == batch else { return [] }
        defer { fencing = [] }
        return fencing
    }

    /// The stream is gone: everything without proof is unsent again, oldest first.
    mutating func linkBroke() -> [Item] {
        let lost = fencing + unfenced
        fencing = []
        unfenced = []
        return lost
    }

    mutating func putBack(_ items: [Item]) { unsent = items + unsent }

    mutating func takeUnsent(atMost count: Int) -> [Item] {
        let taken = Array(unsent.prefix(count))
        unsent.removeFirst(taken.count)
        if late > 0 { late -= taken.count { $0.isLate } }
        return taken
    }

    /// Sent, and not proven to be there.
    var unproven: Int { unfenced.count + fencing.count }

    /// Takes an unconfirmed message out because the home server has returned it; nil if the id is none of ours, or the
    /// message was for somebody else than who returns it: ids can be guessed.
    mutating func takeBounced(id: String, of user: UserID) -> InboundEntry? {
        let isMeant = { (item: Item) in item.entry.map { $0.id == id && $0.account.user == user } ?? false }
        if let index = unfenced.firstIndex(where: isMeant) { return unfenced.remove(at: index).entry }
        if let index = fencing.firstIndex(where: isMeant) { return fencing.remove(at: index).entry }
        return nil
    }
}

extension HomeOutbox.Item {
    fileprivate var isLive: Bool {
        switch self {
        case .stored, .report, .late: false
        case .direct, .said: true
        }
    }

    fileprivate var isLate: Bool { if case .late = self { true } else { false } }

    var entry: InboundEntry? { if case .stored(let entry) = self { entry } else { nil } }
}

/// A room message that could not be sent to the user's resources when it was said.
struct MissedMessage {
    let nick: String?
    let body: String
    let id: String
    let at: Timestamp
}
