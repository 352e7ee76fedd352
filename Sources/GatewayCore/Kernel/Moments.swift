import GatewayKit
import Registry
import XMPP

/// What a lower feature publishes for the features above it: each moment has its subscribers, called in the order of
/// `AllFeatures`.
struct Moments {
    /// The registry has been read.
    var started: [(GatewaySnapshot) -> Void] = []
    /// The stream to the home server is open.
    var linkOpened: [() -> Void] = []
    /// The stream has broken. What was sent without proof counts as lost.
    var linkClosed: [() -> Void] = []
    /// A user is forgotten; the registry keeps the stored data.
    var userForgotten: [(User) -> Void] = []
    /// The gateway shuts down, for this reason.
    var stopping: [(String) -> Void] = []
    /// A user's stored data have been read.
    var userLoaded: [(User, PersonRecord) -> Void] = []
    /// The user has unregistered; the registry has nothing of them any more.
    var unregistered: [(User) -> Void] = []
    /// A subscriber that answers true keeps a user from being forgotten.
    var keepsUser: [(User) -> Bool] = []
    /// The link of an account has come up or gone down.
    var networkChanged: [(AccountID, User) -> Void] = []
    /// The adapter has given up an account's session; it is closed.
    var networkEnded: [(AccountID, Failure, User) -> Void] = []
    /// An event of an account has been handled, and has made the core write so many stanzas.
    var eventHandled: [(AccountID, User, Int) -> Void] = []
    /// A message of ours has come back with an error.
    var messageReturned: [(Message, _ from: JID, _ to: JID) -> Void] = []
    /// A presence of ours, or a message to a client that is gone, has come back with an error.
    var absenceTold: [(_ from: JID, _ to: JID) -> Void] = []
}
