import DequeModule
import GatewayKit
import XMPP

/// The loaded users, and the inputs that wait while the stored data of their users are being read.
///
/// A user is loaded by the first stanza or event that concerns the user. When more than `most` users are loaded, users
/// that no feature keeps are forgotten, roughly the longest unused first.
struct Users {
    private enum Entry {
        case loaded(User)
        case loading(Waiting)
    }

    /// The inputs of a user whose data are being read.
    private struct Waiting {
        var inputs: Deque<Input> = []
        var bytes = 0
    }

    /// The maximum of inputs that wait for one user's data.
    static let mostWaiting = 1_000
    /// The maximum of bytes that wait for one user's data, as `Input.roughBytes` counts them. The first input may
    /// exceed it.
    static let mostWaitingBytes = 4 << 20
    /// The maximum of bytes that wait for the data of all users together.
    static let mostWaitingBytesOfAll = 64 << 20
    /// The maximum of users whose data are being read, for stanzas. A stanza of a further user is refused at once. Events
    /// of networks always wait: only users who were loaded before have sessions that send events.
    static let mostLoading = 20_000
    /// When more users than this are loaded, users that no feature keeps are forgotten.
    static let most = 1_000
    /// Users that `forgetSome` examines each time one user is loaded. It must be more than one, so that the number of
    /// loaded users can fall.
    private static let looks = 2

    private var entries: [UserID: Entry] = [:]
    /// The loaded users by bare JID. A JID has its hash already; that of a `UserID` is computed for each look-up.
    private var addresses: [JID: User] = [:]
    /// The number of users whose data are being read.
    private var loading = 0
    /// The bytes of all inputs that wait.
    private var waitingBytes = 0
    /// The user of the latest look-up. Inputs of one user often come one after another.
    private var last: User?
    /// Loaded users in the order in which `forgetSome` examines them.
    private var order: Deque<UserID> = []
    private(set) var tables = 0

    /// Counts a new `UserTable` and returns its index.
    mutating func addTable() -> Int {
        tables += 1
        return tables - 1
    }

    /// The loaded user with this bare JID; nil if the user is not loaded. The resource is ignored.
    subscript(jid: JID) -> User? {
        mutating get {
            if let last, last.jid.hasSameBare(as: jid) { return last }
            return found(addresses[jid.bare])
        }
    }

    /// The loaded user with this id; nil if the user is not loaded.
    subscript(id: UserID) -> User? {
        mutating get {
            if let last, last.id == id { return last }
            guard case .loaded(let user)? = entries[id] else { return nil }
            return found(user)
        }
    }

    private mutating func found(_ user: User?) -> User? {
        guard let user else { return nil }
        user.isRecent = true
        last = user
        return user
    }

    /// All loaded users, in no particular order.
    var loaded: [User] { entries.values.compactMap { if case .loaded(let user) = $0 { user } else { nil } } }

    /// The result of `wait`.
    enum Admission {
        /// The input waits for a read that is under way.
        case waits
        /// The input waits. The caller must read the user's stored data.
        case startsLoading
        /// Too many inputs or bytes wait already, of the user or of all users. The input was not kept.
        case full
    }

    /// Keeps an input until its user is loaded. Call it only for a user who is not loaded.
    ///
    /// - Parameter isGoodbye: whether the input is an unavailable presence. A goodbye is refused only when twice as
    ///   many inputs or bytes wait, so that the user's other stanzas cannot crowd it out.
    mutating func wait(_ input: Input, for id: UserID, isGoodbye: Bool = false) -> Admission {
        let share = isGoodbye ? 2 : 1
        let bytes = input.roughBytes
        guard waitingBytes + bytes <= share * Self.mostWaitingBytesOfAll else { return .full }
        guard case .loading(var waiting)? = entries.removeValue(forKey: id) else {
            if case .stanza = input, loading >= Self.mostLoading { return .full }
            loading += 1
            entries[id] = .loading(Waiting(inputs: [input], bytes: bytes))
            waitingBytes += bytes
            return .startsLoading
        }
        defer { entries[id] = .loading(waiting) }
        guard waiting.inputs.count < share * Self.mostWaiting,
            waiting.bytes + bytes <= share * Self.mostWaitingBytes
        else { return .full }
        waiting.inputs.append(input)
        waiting.bytes += bytes
        waitingBytes += bytes
        return .waits
    }

    /// Adds a loaded user, and returns the user with the inputs that have waited.
    mutating func add(_ jid: JID, isAllowed: Bool) -> (User, Deque<Input>) {
        let user = User(jid, isAllowed: isAllowed, tables: tables)
        let inputs = takeWaiting(of: user.id)
        entries[user.id] = .loaded(user)
        addresses[user.jid] = user
        order.append(user.id)
        return (user, inputs)
    }

    /// Removes and returns the waiting inputs of a user. Call it for a user who could not be loaded; the next input
    /// then starts another read.
    mutating func takeWaiting(of id: UserID) -> Deque<Input> {
        guard case .loading(let waiting)? = entries[id] else { return [] }
        entries[id] = nil
        loading -= 1
        waitingBytes -= waiting.bytes
        return waiting.inputs
    }

    /// Whether the stored data of a user are being read.
    func isLoading(_ jid: JID) -> Bool {
        if case .loading? = entries[UserID(jid.bare.description)] { true } else { false }
    }

    /// Forgets users that no feature keeps, if more than `most` users are loaded. Call it after each load.
    ///
    /// - Parameters:
    ///   - keeps: returns whether a feature needs the user. It must not use `Kernel.users`.
    ///   - forget: called with each user that is forgotten. It must not use `Kernel.users`.
    mutating func forgetSome(keeps: (User) -> Bool, forget: (User) -> Void) {
        for _ in 0..<Self.looks where order.count > Self.most {
            guard let id = order.popFirst(), case .loaded(let user)? = entries[id] else { continue }
            if user.isRecent || user.writes > 0 || keeps(user) {
                user.isRecent = false
                order.append(id)
            } else {
                entries[id] = nil
                addresses[user.jid] = nil
                if last === user { last = nil }
                forget(user)
            }
        }
    }
}
