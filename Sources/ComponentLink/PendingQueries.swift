import NIOCore
import XMPP

/// IQ requests of ours that wait for their answer. An answer belongs to a request if it has its id and comes from
/// the address that was asked (RFC 6120 §8.2.3): anybody may guess an id.
struct PendingQueries {
    typealias Reply = (IQ?) -> Void

    struct Key: Hashable {
        let id: String
        let sender: JID
    }

    private struct Entry {
        let reply: Reply
        let deadline: Scheduled<Void>
    }

    private var entries: [Key: Entry] = [:]

    var count: Int { entries.count }

    func contains(_ key: Key) -> Bool { entries[key] != nil }

    mutating func add(_ key: Key, deadline: Scheduled<Void>, _ reply: @escaping Reply) {
        entries[key] = Entry(reply: reply, deadline: deadline)
    }

    /// Whom to give an answer to, if it was waited for.
    mutating func take(_ key: Key) -> Reply? {
        guard let entry = entries.removeValue(forKey: key) else { return nil }
        entry.deadline.cancel()
        return entry.reply
    }

    /// Whom to tell that no answer will come.
    mutating func takeAll() -> [Reply] {
        let all = entries.values.map(\.reply)
        for entry in entries.values { entry.deadline.cancel() }
        entries = [:]
        return all
    }
}
