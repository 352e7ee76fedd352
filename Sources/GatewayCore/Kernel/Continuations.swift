import GatewayKit
import Registry
import XMPP

/// Names an event that waits until the core has taken it.
package struct ReceiptToken: Hashable, Sendable {
    package let rawValue: Int
    package init(_ rawValue: Int) { self.rawValue = rawValue }
}

/// How to go on when a change has been committed, or could not be.
package enum CommitTag: Sendable {
    /// Nothing waits for it; a failure is only logged.
    case unattended
    /// A message of a user is in the ledger and may be handed over.
    indirect case stored(OutboundEntry, Message)
    /// An entry is marked as handed over; now it is handed over.
    case handing(RequestID)
    /// An outcome is on record; now the sender is told.
    indirect case outcome(RequestID, LedgerOutcome, ReceiptToken?)
    /// A message from the network is on record.
    indirect case inbound(InboundEntry, ReceiptToken?)
    /// The feature gets its note back.
    indirect case note(NoteSlip)
    /// The stored data of a user have been changed: until then they are not read again.
    indirect case ofUser(UserID, CommitTag)
}

/// What became of a message of the ledger.
package enum LedgerOutcome: Sendable {
    /// With the network's name for it.
    case accepted(as: MessageID?)
    case delivered
    case failed(Failure)
    /// To be tried again, not before then.
    case postponed(until: Timestamp)
}

/// Why a request was made: how to go on with its outcome.
enum Continuation {
    /// A message to a room: its sender sees it when the network has it.
    case groupMessage(RoomAddress, Message)
    /// A message to a peer.
    case directMessage(Message)
    /// The feature gets its note back.
    indirect case note(NoteSlip)
    /// Nothing follows from the outcome.
    case none
}

/// What a timer is for.
package enum TimerTag: Hashable, Sendable {
    /// Ask for proof of what was sent lately.
    case fence
    /// Send what the stream has refused.
    case resend
    /// Do the next slice of long work.
    case slice
    /// Hand a waiting message over (again).
    case handOver(RequestID)
    /// Write an outcome that could not be written.
    case saveAgain(RequestID)
    /// Nobody has told what became of a message.
    case outcomeOverdue(RequestID)
    /// Nobody has come back to a room since the link broke.
    case desertedRoom(UserID, RoomAddress)
    /// Ask the members of rooms that could not be asked.
    case askMembers
    /// Drop old rows from the registry.
    case prune
    /// Read the next page of contacts for the announcement.
    case announce
}

/// A place in the stream of stanzas to the home server.
package enum Checkpoint: Hashable, Sendable {
    /// The end of a slice of long work.
    case slices
    /// The stanzas that one network has made the core write for one account.
    case account(AccountID)
}

/// The addresses and the id of a stanza that is answered later.
struct Sender: Codable, Sendable {
    /// The address that the stanza came from.
    let jid: JID
    /// The address that it was sent to.
    let target: JID
    let id: String?

    init?(_ head: StanzaHead) {
        guard let jid = head.from, let target = head.to else { return nil }
        self.jid = jid
        self.target = target
        id = head.id
    }

    /// The head of the answer: addresses swapped, same id.
    var answer: StanzaHead { StanzaHead(to: jid, from: target, id: id) }
}

/// What a query of ours was for.
package enum QueryTag: Sendable {
    case note(NoteSlip)
}

/// What a read of the store was for.
package enum ReadTag: Sendable {
    case note(NoteSlip)
}
