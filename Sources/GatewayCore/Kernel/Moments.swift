import GatewayKit
import Registry
import XMPP

/// The subscribers of each moment. A moment is an occurrence that the core or a feature announces to the features above
/// it. The subscribers are called in the order of `AllFeatures.all`.
struct Moments {
    /// The registry has been read at the start of the gateway.
    var started: [(GatewaySnapshot) -> Void] = []
    /// The stream to the home server has opened.
    var linkOpened: [() -> Void] = []
    /// The stream to the home server has broken. All unconfirmed stanzas count as lost.
    var linkClosed: [() -> Void] = []
    /// A user is removed from memory. The registry keeps the user's stored data.
    var userForgotten: [(User) -> Void] = []
    /// The gateway shuts down, for the given reason.
    var stopping: [(String) -> Void] = []
    /// The rules about users and operators were replaced (`Kernel.replaceAccess`). They may be the same as before.
    var accessChanged: [() -> Void] = []
    /// A client of a loaded user has sent available or unavailable presence, and a feature has handled it.
    var presenceSeen: [(Presence, User, Target) -> Void] = []
    /// A user's stored data have been read. Called a second time for a user who takes over the data of another address.
    var userLoaded: [(User, UserRecord) -> Void] = []
    /// A user has registered, or has changed the registration.
    var registered: [(User) -> Void] = []
    /// A person of a stored address has written to a user for the first time. The localpart is raw.
    var met: [(User, _ localpart: String, _ displayName: String?) -> Void] = []
    /// A person has written to a user, for the first time since the user was loaded, or since an hour. The localpart is
    /// raw.
    var introduced: [(User, _ localpart: String) -> Void] = []
    /// A user has no stored data any more: the user has unregistered, or has moved to another JID.
    var unregistered: [(User) -> Void] = []
    /// Asked before a user is forgotten. A subscriber returns true to keep the user loaded.
    var keepsUser: [(User) -> Bool] = []
    /// The link of an account to its network has come up or gone down.
    var networkChanged: [(AccountID, User) -> Void] = []
    /// An adapter has given up the session of an account for good. The session is closed.
    var networkEnded: [(AccountID, Failure, User) -> Void] = []
    /// A client of a user has entered a room. The nick is the user's shown nick.
    var roomEntered: [(User, RoomAddress, _ nick: String) -> Void] = []
    /// The network of a room has come back after a long break. All clients of the user were told that they are out.
    var roomReturned: [(User, RoomAddress) -> Void] = []
    /// Somebody on a network, or the network itself, asks a user to enter a room. The user may be in the room already.
    var invited: [(User, Invitation, RoomAddress) -> Void] = []
    /// A user has sent a message that was taken before. It is not handled again.
    var messageRepeated: [(Message, User, Target) -> Void] = []
    /// A message of the gateway has come back with an error. The addresses are those of the error.
    var messageReturned: [(Message, _ from: JID, _ to: JID) -> Void] = []
    /// An error shows that the client at `from` is gone: it answers a presence of the gateway, or says that the
    /// resource of a message does not exist. `to` is the gateway's address.
    var resourceGone: [(_ from: JID, _ to: JID) -> Void] = []
}
