import GatewayKit
import Registry
import XMPP

/// What the core has to remember of the ledger between two inputs: what waits to be handed over, and what the home
/// server has not confirmed. The rows themselves are in the registry.
struct LedgerDesk {
    /// Entries in state `waiting` or `handing`.
    var open: [RequestID: OutboundEntry] = [:]
    /// Outcomes that could not be written; written again when the registry is back.
    var unsaved: [RequestID: (change: Change, outcome: CommitTag.Outcome)] = [:]

    /// On record, not sent: the link was closed.
    var unsent: [InboundEntry] = []
    /// Sent since the last fence was asked for.
    var unfenced: [InboundEntry] = []
    /// Sent before the fence that is on its way.
    var fencing: [InboundEntry] = []
    var batch = 0
    /// Refused by the home server for now (no offline storage): sent again when the user shows up.
    var bounced: [UserID: [InboundEntry]] = [:]
    /// Receipts and errors for senders, kept while the link is closed.
    var reports: [Message] = []

    /// The number of the next fence, if one is needed and none is on its way.
    mutating func nextFence() -> Int? {
        guard fencing.isEmpty, !unfenced.isEmpty else { return nil }
        fencing = unfenced
        unfenced = []
        batch += 1
        return batch
    }

    /// Takes an unconfirmed entry out because the home server has returned it; nil if the id is none of ours.
    mutating func takeBounced(id: String) -> InboundEntry? {
        if let index = unfenced.firstIndex(where: { $0.id == id }) { return unfenced.remove(at: index) }
        if let index = fencing.firstIndex(where: { $0.id == id }) { return fencing.remove(at: index) }
        return nil
    }

    /// Everything that was sent without proof goes back to the unsent, oldest first.
    mutating func linkBroke() {
        unsent = fencing + unfenced + unsent
        fencing = []
        unfenced = []
    }
}
