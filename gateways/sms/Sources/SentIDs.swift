import Basics
import GatewayKit

/// Finds the message to which a report belongs by the provider's id, for providers whose reports name nothing else.
/// Used on the gateway's loop.
///
/// A report may come before the answer that tells the id. So a report with an unknown id waits while a request of its
/// account is unanswered. The 20,000 newest ids are remembered, and the 1,000 newest without a final report beyond a
/// restart.
final class SentIDs {
    /// A message of ours.
    struct Message: Equatable {
        let number: E164
        let ref: RequestID
    }

    static let most = 20_000
    /// The core keeps 2,000 values of an adapter and takes no more.
    static let mostKept = 1_000
    /// The greatest number of reports of one account that wait for an answer.
    static let mostEarly = 64

    private var messages: [String: Message] = [:]
    private var order: [String] = []
    /// The number of unanswered requests by account.
    private var unanswered: [String: Int] = [:]
    private var early: [String: [(key: String, use: (Message?) -> Void)]] = [:]

    /// The ids that are kept beyond a restart, and their order. The order may still name ids that no longer are.
    private var kept: Set<String> = []
    private var keptOrder: [String] = []

    private static let keptPrefix = "sms-id/"

    /// A request of the account is about to be sent.
    func sending(_ account: String) { unanswered[account, default: 0] += 1 }

    /// The request has been answered. Returns the events that keep the id beyond a restart, and drop the oldest one.
    func answered(_ account: String, _ id: String?, _ message: Message) -> [Event] {
        let key = id.map { account + "/" + $0 }
        if let key { remember(message, key) }
        unanswered[account] = unanswered[account].flatMap { $0 > 1 ? $0 - 1 : nil }
        let waiting = early.removeValue(forKey: account) ?? []
        let isIdle = unanswered[account] == nil
        early[account] = isIdle ? nil : waiting.filter { $0.key != key }
        for report in waiting where isIdle || report.key == key { report.use(messages[report.key]) }
        guard let key, key.utf8.count <= 256 else { return [] }
        let dropped = keep(key).map { Event.state(.keep(nil, for: Self.keptPrefix + $0)) }
        let value = "\(message.number.rawValue) \(message.ref.rawValue)"
        return dropped + [.state(.keep(value, for: Self.keptPrefix + key))]
    }

    /// Notes that a key is kept. Returns the keys that are kept no longer.
    private func keep(_ key: String) -> [String] {
        if kept.insert(key).inserted { keptOrder.append(key) }
        var dropped: [String] = []
        while kept.count > Self.mostKept {
            let oldest = keptOrder.removeFirst()
            if kept.remove(oldest) != nil { dropped.append(oldest) }
        }
        if keptOrder.count > 2 * Self.mostKept { keptOrder = keptOrder.filter(kept.contains) }
        return dropped
    }

    /// Calls `use` with the message of that id, or with nil if there is none; perhaps later.
    func find(_ id: String, of account: String, use: @escaping (Message?) -> Void) {
        let key = account + "/" + id
        guard messages[key] == nil, unanswered[account] != nil, early[account, default: []].count < Self.mostEarly
        else { return use(messages[key]) }
        early[account, default: []].append((key, use))
    }

    /// The event after which the id is no longer kept: the final report has come.
    func finished(_ id: String, of account: String) -> Event {
        kept.remove(account + "/" + id)
        return .state(.keep(nil, for: Self.keptPrefix + account + "/" + id))
    }

    /// Remembers the ids that were kept before the restart.
    func recall(_ values: [String: String]) {
        for (key, value) in values where key.hasPrefix(Self.keptPrefix) {
            let words = value.split(separator: " ").map(String.init)
            guard words.count == 2, let number = E164(words[0]) else { continue }
            let id = String(key.dropFirst(Self.keptPrefix.count))
            remember(Message(number: number, ref: RequestID(words[1])), id)
            _ = keep(id)
        }
    }

    private func remember(_ message: Message, _ key: String) {
        if messages.updateValue(message, forKey: key) == nil { order.append(key) }
        guard order.count > Self.most else { return }
        // Forgets a tenth at once, so that remembering costs the same on average however many there are.
        let old = order.prefix(Self.most / 10)
        for key in old { messages[key] = nil }
        order.removeFirst(old.count)
    }
}
