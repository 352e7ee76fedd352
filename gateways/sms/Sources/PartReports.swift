import GatewayKit

/// Counts the delivered parts of messages whose parts have reports of their own. It remembers the 1,000 newest messages
/// of several parts.
struct PartReports {
    static let most = 1_000

    private var open: [RequestID: (parts: Int, delivered: Set<String>, hasFailed: Bool)] = [:]
    private var order: [RequestID] = []

    mutating func sent(_ id: RequestID, _ parts: Int) {
        guard parts > 1 else { return }
        if open.updateValue((parts, [], false), forKey: id) == nil { order.append(id) }
        guard order.count > Self.most else { return }
        for old in order.prefix(Self.most / 10) { open[old] = nil }
        order.removeFirst(Self.most / 10)
    }

    /// Notes that a part of a message has failed, so that the message is never delivered.
    mutating func failed(_ id: RequestID) { open[id]?.hasFailed = true }

    /// Whether the message is delivered now that this part is. True for a message that is not remembered: after a
    /// restart the report on one part has to do.
    mutating func isDelivered(_ id: RequestID, _ part: String) -> Bool {
        guard var message = open[id] else { return true }
        message.delivered.insert(part)
        open[id] = message
        return !message.hasFailed && message.delivered.count >= message.parts
    }
}
