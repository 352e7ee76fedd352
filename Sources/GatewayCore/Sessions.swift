import GatewayKit

/// The live sessions of a gateway.
struct Sessions {
    private var byUser: [UserID: Session] = [:]
    /// The one looked for last: what a user and a network say comes in runs.
    private var last: Session?

    subscript(user: UserID) -> Session? {
        mutating get {
            if let last, last.user == user { return last }
            guard let session = byUser[user] else { return nil }
            last = session
            return session
        }
        set {
            last = newValue
            byUser[user] = newValue
        }
    }

    var values: some Collection<Session> { byUser.values }
    var count: Int { byUser.count }
    var isEmpty: Bool { byUser.isEmpty }
}
