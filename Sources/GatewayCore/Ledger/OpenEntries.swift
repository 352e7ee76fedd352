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
            let old = entries[id]
            entries[id] = newValue
            if old?.account.user == newValue?.account.user { return }
            if let user = old?.account.user { count(user, -1) }
            if let user = newValue?.account.user { count(user, 1) }
        }
    }

    var values: [OutboundEntry] { Array(entries.values) }

    /// The number of open entries of a user.
    func count(of user: UserID) -> Int { counts[user] ?? 0 }

    private mutating func count(_ user: UserID, _ change: Int) {
        let count = (counts[user] ?? 0) + change
        counts[user] = count > 0 ? count : nil
    }
}
