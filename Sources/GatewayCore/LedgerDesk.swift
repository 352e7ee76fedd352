import GatewayKit
import Registry

/// What the core has to remember of the ledger between two inputs. The rows themselves are in the registry.
struct LedgerDesk {
    /// Entries in state `waiting` or `handing`.
    var open = OpenEntries()
    /// Outcomes that could not be written; written again when the registry is back.
    var unsaved: [RequestID: CommitTag.Outcome] = [:]
    /// Refused by the home server for now (no offline storage): sent again when the user shows up.
    var bounced: [UserID: [InboundEntry]] = [:]
}

/// Entries by id, with their number for each user at hand: every message asks.
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

    func count(of user: UserID) -> Int { counts[user] ?? 0 }

    private mutating func count(_ user: UserID, _ change: Int) {
        let count = (counts[user] ?? 0) + change
        counts[user] = count > 0 ? count : nil
    }
}
