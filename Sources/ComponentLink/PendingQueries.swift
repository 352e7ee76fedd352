import NIOCore
import XMPP

/// Our IQ requests that wait for an answer. An answer belongs to a request only if it has the request's id and comes
/// from the address asked (RFC 6120 §8.2.3), because anybody may guess an id.
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

    /// Removes and returns the callback that waits for this answer; nil if none does.
    mutating func take(_ key: Key) -> Reply? {
        guard let entry = entries.removeValue(forKey: key) else { return nil }
        entry.deadline.cancel()
        return entry.reply
    }

    /// Removes and returns all callbacks, because no answer will come.
    mutating func takeAll() -> [Reply] {
        let all = entries.values.map(\.reply)
        for entry in entries.values { entry.deadline.cancel() }
        entries = [:]
        return all
    }
}
