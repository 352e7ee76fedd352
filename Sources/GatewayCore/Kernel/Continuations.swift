import GatewayKit
import Registry
import XMPP

/// Identifies an event whose adapter waits until the event is stored. The core answers with `Effect.storageAnswer`.
package struct StorageToken: Hashable, Sendable, Codable {
    package let rawValue: Int
    package init(_ rawValue: Int) { self.rawValue = rawValue }
}

/// Identifies an adapter's search for an account. The core answers with `Effect.found`.
package struct SearchToken: Hashable, Sendable, Codable {
    package let rawValue: Int
    package init(_ rawValue: Int) { self.rawValue = rawValue }
}

/// Says how the core continues when the registry has committed a change, or has failed to. The tag goes out with
/// `Effect.commit` and comes back with `Input.committed`.
package enum CommitTag: Sendable {
    /// Nothing follows. A failure is logged.
    case unattended
    /// A user's message was added to the ledger. It is handed over to the network next.
    indirect case stored(OutboundEntry, Message)
    /// An entry of the ledger was marked as handed over. The adapter gets it next.
    case markedHandedOver(RequestID)
    /// The outcome of an entry was stored. The report is acknowledged and the sender is told next.
    indirect case outcome(RequestID, LedgerOutcome, StorageToken?)
    /// A message from the network was stored. It is acknowledged to the network and sent to the user next.
    indirect case inbound(InboundEntry, StorageToken?)
    /// The note goes back to its feature with the result.
    indirect case note(NoteSlip)
    /// The stored data of a user were changed. `User.writes` counts the change until the registry answers; then the
    /// core continues as the inner tag says.
    indirect case ofUser(UserID, CommitTag)
    /// The user's next stanzas wait for the change (`Kernel.commitInOrder`).
    indirect case inOrder(UserID, CommitTag)
}

/// The outcome of a message of the ledger.
package enum LedgerOutcome: Sendable {
    /// The network has accepted the message, and may have given it an id.
    case accepted(as: MessageID?)
    case delivered
    case failed(Failure)
    /// The network has not taken the message. The ledger hands it over again, but not before this time.
    case postponed(until: Timestamp)
}

/// Says how the core continues when a request to an adapter has its outcome.
enum Continuation {
    /// The request was a message to a room. The message is reflected to its sender once the network has accepted it.
    case groupMessage(RoomAddress, Message)
    /// The request was a message to a peer.
    case directMessage(Message)
    /// The note goes back to its feature with the outcome.
    indirect case note(NoteSlip)
    /// Nothing follows from the outcome.
    case none
}

/// Names the stanzas that a checkpoint (`Effect.checkpoint`) follows. The answer proves that the home server has them,
/// and so shows how fast the server reads.
package enum Checkpoint: Hashable, Sendable {
    /// Stanzas of slices of long work.
    case slices
    /// Stanzas that were written because of events of this account.
    case account(AccountID)
}

/// The addresses, the id and the language of a stanza that a feature answers later.
struct Sender: Codable, Sendable {
    /// The `from` of the stanza.
    let jid: JID
    /// The `to` of the stanza.
    let target: JID
    let id: String?
    let lang: String?

    /// Nil if one of the addresses is missing.
    init?(_ head: StanzaHead) {
        guard let jid = head.from, let target = head.to else { return nil }
        self.jid = jid
        self.target = target
        id = head.id
        lang = head.lang
    }

    /// The head of the answer, with swapped addresses and the same id.
    var answer: StanzaHead { StanzaHead(to: jid, from: target, id: id) }

    /// The head of an error, which keeps the language of the stanza.
    var refusal: StanzaHead { StanzaHead(to: jid, from: target, id: id, lang: lang) }
}

/// Says where the answer to an IQ request of the gateway goes.
package enum QueryTag: Sendable {
    case note(NoteSlip)
}

/// Says where the result of a store query goes.
package enum ReadTag: Sendable {
    case note(NoteSlip)
}
