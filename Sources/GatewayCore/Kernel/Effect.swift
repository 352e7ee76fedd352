import GatewayKit
import Logging
import Registry
import XMPP

/// Something that the core wants done. Effects are carried out in order by the loop that owns the gateway; the core itself
/// does no I/O. Rare cases are `indirect` to keep the enum small: effects on the message path are moved.
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
    /// Read the stored data of a user. Answered by `Input.loaded`.
    case load(UserID)
    /// Answered by `Input.read`.
    indirect case read(any StoreQuery, ReadTag)
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
