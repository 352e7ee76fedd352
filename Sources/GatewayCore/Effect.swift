import GatewayKit
import Logging
import Registry
import XMPP

/// What the core wants done, in order. The loop that owns the gateway carries effects out; the core itself does
/// no I/O. What is rare and large is indirect: an effect of the message path is moved, and should be small.
package enum Effect {
    case send(Stanza)
    indirect case query(IQ, deadline: Duration, QueryTag)
    /// Ask the home server to prove that it has what was sent before.
    case fence(batch: Int)
    indirect case open(Account)
    case perform(AccountID, Request)
    case close(AccountID, reason: String)
    case taken(ReceiptToken, EventSink.Taken)
    indirect case commit(Change, CommitTag)
    case timer(TimerTag, after: Duration)
    /// Go on with long work when others have had their turn, and the home server takes what there is already.
    case later(TimerTag)
    /// Tell when the home server has taken everything sent up to here (`Input.reached`). Silence if the stream breaks.
    case checkpoint(Checkpoint)
    /// Read nothing more from the network for this account until `resume`. Never twice in a row.
    case pause(AccountID)
    case resume(AccountID)
    indirect case log(Logger.Level, Logger.Message, Logger.Metadata)
}

/// A place in the stream of stanzas to the home server.
package enum Checkpoint: Hashable, Sendable {
    /// The end of a slice of long work.
    case slices
    /// What one network has made the core write for one account.
    case account(AccountID)
}

/// What the core counts; names of metrics are the wiring's matter.
package enum Counted: Int, CaseIterable, Sendable {
    case messagesOut, messagesIn, messagesFailed, duplicatesIn, stanzaErrors, stanzasIgnored, unmatchedReports
    /// A message, or what became of one, that the registry could not take.
    case notStored
    /// A refusal because a user was over a limit.
    case overLimit
}
