import GatewayKit

/// Counts the delivered parts of messages whose parts have reports of their own. The counts are kept beyond a restart.
/// Used on the gateway's loop.
///
/// It remembers the `most` newest messages of several parts, each until its final outcome. A message that is not
/// remembered counts as delivered when one of its parts is delivered.
final class PartReports {
    /// Maximum of messages that are remembered.
    static let most = 300

    private struct Message {
        let parts: Int
        var delivered: Set<String> = []
    }

    /// The messages without a final outcome.
    private var open: [RequestID: Message] = [:]
    /// The ids of messages in the order in which they were added, those of ended messages included.
    private var order: [RequestID] = []

    private static let keptPrefix = "sms-count/"
    /// The longest value that is kept, in bytes. A message with a longer value is counted until the next restart only.
    private static let longestValue = 1_000

    /// Begins to count the delivered parts of a message. Call it before the message is sent. Returns the events that
    /// keep the count, for the session to emit.
    func sent(_ id: RequestID, _ parts: Int) -> [Event] {
        guard parts > 1 else { return [] }
        return add(id, Message(parts: parts)) + keep(id)
    }

    private func add(_ id: RequestID, _ message: Message) -> [Event] {
        if open.updateValue(message, forKey: id) == nil { order.append(id) }
        guard order.count > Self.most else { return [] }
        // Forgets a tenth at once, so that the cost of moving the rest is spread over many messages.
        let old = order.prefix(Self.most / 10)
        order.removeFirst(Self.most / 10)
        return old.flatMap { open.removeValue(forKey: $0) == nil ? [] : [Self.kept($0, nil)] }
    }

    /// Takes the report that a part was delivered. Returns whether the whole message is delivered now, and the events
    /// that keep the count.
    func delivered(_ id: RequestID, _ part: String) -> (isWhole: Bool, events: [Event]) {
        guard open[id]?.delivered.insert(part).inserted == true, let message = open[id] else {
            return (open[id] == nil, [])
        }
        return message.delivered.count >= message.parts ? (true, ended(id)) : (false, keep(id))
    }

    /// Forgets a message that has a final outcome. Returns the events that remove its count.
    func ended(_ id: RequestID) -> [Event] { open.removeValue(forKey: id) == nil ? [] : [Self.kept(id, nil)] }

    /// Goes on with the counts of an earlier run of the program.
    func recall(_ values: [String: String]) {
        for (key, value) in values where key.hasPrefix(Self.keptPrefix) {
            let words = value.split(separator: " ").map(String.init)
            guard let parts = words.first.flatMap({ Int($0) }) else { continue }
            let id = RequestID(String(key.dropFirst(Self.keptPrefix.count)))
            _ = add(id, Message(parts: parts, delivered: Set(words.dropFirst())))
        }
    }

    private func keep(_ id: RequestID) -> [Event] {
        guard let message = open[id], message.delivered.allSatisfy({ !$0.contains(" ") }) else { return [] }
        let value = ([String(message.parts)] + message.delivered.sorted()).joined(separator: " ")
        return value.utf8.count <= Self.longestValue ? [Self.kept(id, value)] : []
    }

    private static func kept(_ id: RequestID, _ value: String?) -> Event {
        .state(.keep(value, for: keptPrefix + id.rawValue))
    }
}
