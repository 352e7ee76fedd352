import GatewayKit
import XMPP

/// One user whose stored data are loaded. Features keep what they know of the user in a `UserTable`.
final class User {
    let id: UserID
    /// The bare JID.
    let jid: JID
    /// Rows that the registry keeps for the user, those that are being written included.
    var rows = 0
    /// Changes of the user's stored data that the registry has not answered. Until then the user is not forgotten,
    /// because a read could miss them.
    var writes = 0
    /// The user has asked to unregister, and the registry has not answered.
    var isUnregistering = false
    /// Whether the user has been looked for since `Users` last considered forgetting them.
    var isRecent = true
    fileprivate var states: [AnyObject?]

    init(_ jid: JID, tables: Int) {
        self.jid = jid.bare
        id = UserID(self.jid.description)
        states = Array(repeating: nil, count: tables)
    }
}

/// One feature's state of each loaded user. It lives in the user's object, so that looking it up costs an index, and goes
/// with the user.
struct UserTable<State: AnyObject> {
    private let place: Int

    /// - Parameter kernel: counts the tables. Tables are made with the features, before the first user.
    init(_ kernel: Kernel) { place = kernel.users.addTable() }

    subscript(user: User) -> State? {
        get { user.states[place].map { unsafeDowncast($0, to: State.self) } }
        nonmutating set { user.states[place] = newValue }
    }
}
