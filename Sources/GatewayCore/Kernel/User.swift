import DequeModule
import GatewayKit
import XMPP

/// One user whose stored data are loaded. Each feature keeps its state of the user in a `UserTable`.
final class User {
    let id: UserID
    /// The bare JID.
    let jid: JID
    /// Rows of the user in the registry, including rows that are being written.
    var rows = 0
    /// Changes of the user's stored data that the registry has not answered. The user is not forgotten while there are
    /// any, because a new read could miss them.
    var writes = 0
    /// Changes of the user's stored data that the registry has not answered, and on which the answers to the user's next
    /// stanzas depend. These stanzas wait in `held` (`Dispatch.hold`).
    var changes = 0
    var held: Deque<Stanza> = []
    /// The size of `held`, as `Input.roughBytes` counts it.
    var heldBytes = 0
    /// Whether the configuration allows the user to use the gateway. `Kernel.replaceAccess` keeps it up to date.
    var isAllowed: Bool
    /// Whether the user's data are being removed or moved, and the registry has not answered.
    var isLeaving = false
    /// Whether the user has been looked up since `Users` last considered to forget the user.
    var isRecent = true
    /// The places of the user's buckets in `Kernel.stanzaAllowances` and `Kernel.messageAllowances`. Exclusive access is
    /// not checked, because every message uses them. This is safe, because `Allowances` does not know users.
    @exclusivity(unchecked) var stanzaPlace = Allowances.Place()
    @exclusivity(unchecked) var messagePlace = Allowances.Place()
    /// The state of each `UserTable`, by the table's index. Exclusive access is not checked, because every message
    /// reads it. This is safe, because `UserTable` gets and sets whole objects.
    @exclusivity(unchecked) fileprivate var states: [AnyObject?]

    init(_ jid: JID, isAllowed: Bool, tables: Int) {
        self.jid = jid.bare
        self.isAllowed = isAllowed
        id = UserID(self.jid.description)
        states = Array(repeating: nil, count: tables)
    }
}

/// One feature's state of each loaded user. The `User` object holds the state: a look-up costs one array access, and
/// the state is freed together with the user.
struct UserTable<State: AnyObject> {
    private let index: Int

    /// Make every table before the first user is loaded, in the initialiser of its feature.
    ///
    /// - Parameter kernel: gives each table its index.
    init(_ kernel: Kernel) { index = kernel.users.addTable() }

    subscript(user: User) -> State? {
        get { user.states[index].map { unsafeDowncast($0, to: State.self) } }
        nonmutating set { user.states[index] = newValue }
    }
}
