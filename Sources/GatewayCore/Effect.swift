import GatewayKit
import Logging
import Registry
import XMPP

/// What the core wants done, in order. The loop that owns the gateway carries effects out; the core itself does
/// no I/O.
package enum Effect {
    case send(Stanza)
    case query(IQ, deadline: Duration, QueryTag)
    /// Ask the home server to prove that it has what was sent before.
    case fence(batch: Int)
    case open(Account)
    case perform(AccountID, Request)
    case close(AccountID, reason: String)
    case taken(ReceiptToken, EventSink.Taken)
    case commit(Change, CommitTag)
    case timer(TimerTag, after: Duration)
    case log(Logger.Level, Logger.Message, Logger.Metadata)
    case count(Counted)
}

/// What the core counts; names of metrics are the wiring's matter.
package enum Counted: String, CaseIterable, Sendable {
    case messagesOut, messagesIn, messagesFailed, duplicatesIn, stanzaErrors, stanzasIgnored, unmatchedReports
}
