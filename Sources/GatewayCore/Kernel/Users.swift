import DequeModule
import GatewayKit
import XMPP

/// The users whose stored data are loaded, and the inputs of those whose data are being read.
///
/// A user is loaded when they first speak or are spoken to. Users that no feature keeps are forgotten when there are more
/// than `most` of them, the longest unheard first.
struct Users {
    private enum Place {
        case loaded(User)
        case loading(Deque<Input>)
    }

    /// Inputs of one user that wait for the user's data at most.
    static let mostWaiting = 1_000
    /// Loaded users beyond which those that nothing keeps are forgotten.
    static let most = 1_000
    /// Users looked at for forgetting with each one that is loaded: two, so that there are ever fewer.
    private static let looks = 2

    private var places: [UserID: Place] = [:]
    /// The one looked for last: what a user and a network say comes in runs.
    private var last: User?
    /// Loaded users in the order in which they are looked at for forgetting.
    private var order: Deque<UserID> = []
    private var tables = 0

    /// The number of a new `UserTable`.
    mutating func addTable() -> Int {
        tables += 1
        return tables - 1
    }

    /// The loaded user of an address; nil if the user is not loaded.
    subscript(jid: JID) -> User? {
        mutating get {
            if let last, last.jid.hasSameBare(as: jid) { return last }
            return find(UserID(jid.bare.description))
        }
    }

    subscript(id: UserID) -> User? {
        mutating get {
            if let last, last.id == id { return last }
            return find(id)
        }
    }

    private mutating func find(_ id: UserID) -> User? {
        guard case .loaded(let user)? = places[id] else { return nil }
        user.isRecent = true
        last = user
        return user
    }

    var loaded: [User] { places.values.compactMap { if case .loaded(let user) = $0 { user } else { nil } } }

    enum Admission { case waits, startsLoading, full }

    /// Keeps an input until the user is loaded.
    ///
    /// - Parameter isGoodbye: whether the input ends something. There is room of its own for as many of these.
    mutating func wait(_ input: Input, for id: UserID, isGoodbye: Bool = false) -> Admission {
        guard case .loading(var inputs)? = places.removeValue(forKey: id) else {
            places[id] = .loading([input])
            return .startsLoading
        }
        defer { places[id] = .loading(inputs) }
        guard inputs.count < (isGoodbye ? 2 : 1) * Self.mostWaiting else { return .full }
        inputs.append(input)
        return .waits
    }

    /// Makes the user of an address and returns the inputs that have waited.
    mutating func add(_ jid: JID) -> (User, Deque<Input>) {
        let user = User(jid, tables: tables)
        let inputs = takeWaiting(of: user.id)
        places[user.id] = .loaded(user)
        order.append(user.id)
        return (user, inputs)
    }

    /// The inputs of a user who could not be loaded. The next input starts a new try.
    mutating func takeWaiting(of id: UserID) -> Deque<Input> {
        guard case .loading(let inputs)? = places[id] else { return [] }
        places[id] = nil
        return inputs
    }

    /// Whether the data of a user are being read.
    func isLoading(_ jid: JID) -> Bool {
        if case .loading? = places[UserID(jid.bare.description)] { true } else { false }
    }

    /// Forgets some users that nothing keeps, if there are too many.
    ///
    /// - Parameters:
    ///   - keeps: whether a feature needs the user; must not come back here.
    ///   - forget: called with each user that is forgotten; must not come back here.
    mutating func forgetSome(keeps: (User) -> Bool, forget: (User) -> Void) {
        for _ in 0..<Self.looks where order.count > Self.most {
            guard let id = order.popFirst(), case .loaded(let user)? = places[id] else { continue }
            if user.isRecent || user.writes > 0 || keeps(user) {
                user.isRecent = false
                order.append(id)
            } else {
                places[id] = nil
                if last === user { last = nil }
                forget(user)
            }
        }
    }
}
