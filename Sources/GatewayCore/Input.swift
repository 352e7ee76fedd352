import GatewayKit
import Registry
import XMPP

/// Everything that can happen to a gateway's core, as a value. Handled one after the other on the gateway's loop.
package enum Input {
    /// The registry has been read; the first input of all.
    indirect case started(GatewaySnapshot)
    case linkOpened
    case linkClosed
    /// The stream is open, but has refused this stanza because too much waits for the server.
    case streamRefused(Stanza)
    case stanza(Stanza)
    /// From an adapter session; `receipt` is set where the network waits until the event is taken.
    case event(AccountID, Event, receipt: ReceiptToken?)
    indirect case committed(CommitTag, Result<ChangeReply, RegistryError>)
    /// The home server has (or, when false, may not have) everything that was sent before the fence.
    case fenced(batch: Int, Bool)
    /// The home server has taken everything sent before this place.
    case reached(Checkpoint)
    /// The answer to a query of ours; nil if none came in time.
    indirect case answered(QueryTag, IQ?)
    case timer(TimerTag)
    /// Shut down: say goodbye everywhere.
    case stopping(reason: String)
}

/// Names an event that waits to be taken.
package struct ReceiptToken: Hashable, Sendable {
    package let rawValue: Int
    package init(_ rawValue: Int) { self.rawValue = rawValue }
}

/// How to go on when a change has been committed (or could not be).
package enum CommitTag {
    /// Nobody waits for it; a failure is only logged.
    case unattended
    /// A login form: answer the sender's request.
    case registration(IQ, AccountRecord)
    case removal(IQ, JID)
    case subscription(Presence, ContactRecord)
    /// A message of a user is in the ledger and may be handed over.
    case stored(OutboundEntry, Message)
    /// It is marked as handed over; now do it.
    case handing(RequestID)
    /// An outcome is on record; tell the sender.
    case outcome(RequestID, Outcome, ReceiptToken?)
    /// A message from the network is on record.
    case inbound(InboundEntry, ReceiptToken?)

    package enum Outcome {
        /// With the network's name for it.
        case accepted(as: MessageID?)
        case delivered
        case failed(Failure)
        /// To be tried again, not before then.
        case postponed(until: Timestamp)
    }
}

/// What a query of ours was for.
package enum QueryTag: Hashable, Sendable {
    /// Is this resource still in this room? Asked after the link was broken.
    case presenceCheck(UserID, RoomAddress, JID)
}

/// What to do when a timer ends.
package enum TimerTag: Hashable, Sendable {
    /// Ask for proof of what was sent lately.
    case fence
    /// Send what the stream has refused.
    case resend
    /// Hand a waiting message over (again).
    case handOver(RequestID)
    /// Write an outcome that could not be written.
    case saveAgain(RequestID)
    /// Nobody has told what became of a message.
    case outcomeOverdue(RequestID)
    /// Nobody has come back to a room since the link broke.
    case desertedRoom(UserID, RoomAddress)
    /// Do the next slice of long work.
    case slice
    case prune
}
