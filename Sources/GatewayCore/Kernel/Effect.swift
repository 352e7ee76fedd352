import GatewayKit
import Logging
import Registry
import XMPP

/// An action that the core orders. The gateway's loop carries out effects in order; the core itself does no I/O. Rare
/// cases are `indirect` to keep the enum small: effects on the message path are moved.
package enum Effect {
    case send(Stanza)
    /// Send an IQ request. Answered by `Input.answered`, or by `Input.notAsked` if the stream has no room for the
    /// request. Nothing comes if the stream breaks.
    indirect case query(IQ, deadline: Duration, QueryTag)
    /// Ask the home server to prove that it has every stanza sent before. Answered by `Input.fenced`.
    case fence(batch: Int)
    /// Open the adapter session of an account.
    indirect case open(Account)
    /// Give the adapter the values that it has kept (`Adapter.recall`).
    indirect case recall([String: String])
    /// Pass a request to the open session of an account.
    case perform(AccountID, Request)
    /// Close the session of an account. People on the network can read the reason.
    case close(AccountID, reason: String)
    /// Tell an adapter session whether an event was stored. Answers an `Input.event` that has a token, and
    /// `Input.noted`.
    case storageAnswer(StorageToken, EventSink.StorageAnswer)
    /// Tell the adapter whether the account that it searched for is open. Answers `Input.wanted`.
    indirect case found(SearchToken, AccountFinder.Finding)
    /// Write a change to the registry. Answered by `Input.committed`.
    indirect case commit(Change, CommitTag)
    /// Read the stored data of a user. Answered by `Input.loaded`.
    case load(UserID)
    /// Run a store query. Answered by `Input.read`.
    indirect case read(any StoreQuery, ReadTag)
    /// Pass a request of an operator to the program. Answered by `Input.read` with lines of text.
    indirect case askProgram(ProgramRequest, ReadTag)
    /// Answers `Input.console`.
    indirect case consoleAnswer(ConsoleToken, Result<ConsoleAnswer, ConsoleRefusal>)
    /// Start a timer. Answered by `Input.timer` after this time.
    case timer(TimerTag, after: Duration)
    /// Continue long work after the slices of other gateways have had their turn, and once the home server keeps up
    /// with the stanzas already sent. Answered by `Input.timer`.
    case later(TimerTag)
    /// Report when the home server has every stanza sent before. Answered by `Input.reached`. Nothing comes if the
    /// stream breaks.
    case checkpoint(Checkpoint)
    /// Read nothing more from the network for this account until `resume`. The core never orders it twice in a row.
    case pause(AccountID)
    case resume(AccountID)
    indirect case log(Logger.Level, Logger.Message, Logger.Metadata)
}
