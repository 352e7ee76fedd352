import GatewayKit
import Registry

/// Open entries of the ledger, by id. It counts the entries of each user as they change, because every message asks for
/// that number.
struct OpenEntries {
    private var entries: [RequestID: OutboundEntry] = [:]
    private var counts: [UserID: Int] = [:]

    subscript(id: RequestID) -> OutboundEntry? {
        get { entries[id] }
        set {
            let old =
                if let newValue { entries.updateValue(newValue, forKey: id) } else { entries.removeValue(forKey: id) }
            if old?.account.user == newValue?.account.user { return }
            if let user = old?.account.user { count(user, -1) }
            if let user = newValue?.account.user { count(user, 1) }
        }
    }

    /// Changes the state of an open entry in memory.
    mutating func setState(_ state: OutboundEntry.State, of id: RequestID) { entries[id]?.state = state }

    var values: [OutboundEntry] { Array(entries.values) }

    /// The number of open entries of a user.
    func count(of user: UserID) -> Int { counts[user] ?? 0 }

    /// Counts an entry of a user. Call it before the registry stores the entry, and `release` when it has answered.
    mutating func reserve(_ user: UserID) { count(user, 1) }

    /// Takes back `reserve`. Call it when the registry has answered.
    mutating func release(_ user: UserID) { count(user, -1) }

    private mutating func count(_ user: UserID, _ change: Int) {
        let count = (counts[user] ?? 0) + change
        counts[user] = count > 0 ? count : nil
    }
}
