import GatewayKit
import Registry
import XMPP

/// An occurrence that the core handles. The gateway's loop passes inputs to the core one at a time.
package enum Input: Sendable {
    /// The registry has been read. This is always the first input.
    indirect case started(GatewaySnapshot)
    /// The stream to the home server has opened.
    case linkOpened
    /// The stream to the home server has broken.
    case linkClosed
    /// The open stream has refused this stanza, because too many bytes wait for the home server.
    case streamRefused(Stanza)
    case stanza(Stanza)
    /// An event of an adapter session. A `token` means that the adapter waits for `Effect.storageAnswer`.
    case event(AccountID, Event, token: StorageToken?)
    /// The adapter asks for the account that has this value. Answered by `Effect.found`.
    indirect case wanted(UniqueValue, SearchToken)
    /// The adapter tells a fact that concerns no open session. Answered by `Effect.storageAnswer`.
    indirect case noted(NetworkFact, StorageToken)
    /// Answers `Effect.commit`.
    indirect case committed(CommitTag, Result<ChangeReply, RegistryError>)
    /// The stored data of a user, or the error that prevented the read. Answers `Effect.load`.
    indirect case loaded(UserID, Result<UserRecord, RegistryError>)
    /// Answers `Effect.read` and `Effect.askProgram`.
    indirect case read(ReadTag, Result<any Sendable, RegistryError>)
    /// Answers `Effect.fence`. True: the home server has every stanza sent before the fence. False: the fence was lost,
    /// so the server may lack some of them.
    case fenced(batch: Int, Bool)
    /// The home server has every stanza sent before this checkpoint. Answers `Effect.checkpoint`.
    case reached(Checkpoint)
    /// The answer to an IQ request of the gateway; nil if none came before the deadline. Answers `Effect.query`.
    indirect case answered(QueryTag, IQ?)
    /// An IQ request of the gateway was not sent, because the open stream had no room for it. Answers `Effect.query`.
    indirect case notAsked(QueryTag)
    /// Answers `Effect.timer` and `Effect.later`.
    case timer(TimerTag)
    /// A command of an operator at the machine. Answered by `Effect.consoleAnswer`.
    indirect case console(ConsoleRequest, ConsoleToken)
    /// The program has read the rules about users and operators again. They replace those of the settings.
    indirect case accessChanged(CoreAccess)
    /// The gateway shuts down. The core says goodbye to rooms and contacts and closes all adapter sessions.
    case stopping(reason: String)
}
