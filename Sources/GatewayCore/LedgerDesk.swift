import GatewayKit
import Registry

/// What the core has to remember of the ledger between two inputs. The rows themselves are in the registry.
struct LedgerDesk {
    /// Entries in state `waiting` or `handing`.
    var open: [RequestID: OutboundEntry] = [:]
    /// Outcomes that could not be written; written again when the registry is back.
    var unsaved: [RequestID: (change: Change, outcome: CommitTag.Outcome)] = [:]
    /// Refused by the home server for now (no offline storage): sent again when the user shows up.
    var bounced: [UserID: [InboundEntry]] = [:]
}
