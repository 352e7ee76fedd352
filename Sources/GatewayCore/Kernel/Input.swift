import GatewayKit
import Registry
import XMPP

/// Everything that can happen to a gateway's core, as a value. Handled one after the other on the gateway's loop.
package enum Input: Sendable {
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
    /// The stored data of a user, or why they cannot be read. Answers `Effect.load`.
    indirect case loaded(UserID, Result<PersonRecord, RegistryError>)
    /// Answers `Effect.read`.
    indirect case read(ReadTag, Result<any Sendable, RegistryError>)
    /// The home server has (or, when false, may not have) everything that was sent before the fence.
    case fenced(batch: Int, Bool)
    /// The home server has taken everything sent before this place.
    case reached(Checkpoint)
    /// The answer to a query of ours; nil if none came in time.
    indirect case answered(QueryTag, IQ?)
    /// The stream was too full for a query of ours: it was not sent.
    indirect case notAsked(QueryTag)
    case timer(TimerTag)
    /// Shut down: say goodbye everywhere.
    case stopping(reason: String)
}
