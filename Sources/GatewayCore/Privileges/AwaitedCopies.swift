import DequeModule
import GatewayKit
import XMPP

/// The ids of messages that the gateway has sent in the name of users, and that the users' servers bring back. A copy
/// must never go to the network.
struct AwaitedCopies {
    /// Maximum of copies of one user. Further messages are not sent.
    static let mostPerUser = 1_000
    /// How long a copy is awaited.
    private static let lifetime: Duration = .seconds(1_200)

    private var owners: [String: JID] = [:]
    private var counts: [JID: Int] = [:]
    /// All ids in the order in which they were added, also those of copies that have come.
    private var order: Deque<(id: String, end: Timestamp)> = []

    /// Awaits the copy of a message. Returns false if too many copies of the user are awaited.
    mutating func add(_ id: String, of user: JID, now: Timestamp) -> Bool {
        forgetExpired(now)
        let user = user.bare
        let count = counts[user] ?? 0
        guard count < Self.mostPerUser else { return false }
        counts[user] = count + 1
        owners[id] = user
        order.append((id, now.advanced(by: Self.lifetime)))
        return true
    }

    /// Whether a message of a user is an awaited copy. It is not awaited any more then.
    mutating func take(_ id: String, of user: JID) -> Bool {
        guard let owner = owners[id], owner.hasSameBare(as: user) else { return false }
        forget(id)
        while let first = order.first, owners[first.id] == nil { order.removeFirst() }
        return true
    }

    /// Forgets the copies that have come, or that were awaited for too long, at the beginning of the order.
    private mutating func forgetExpired(_ now: Timestamp) {
        while let first = order.first, owners[first.id] == nil || first.end <= now {
            forget(first.id)
            order.removeFirst()
        }
    }

    private mutating func forget(_ id: String) {
        guard let user = owners.removeValue(forKey: id) else { return }
        let count = (counts[user] ?? 0) - 1
        counts[user] = count > 0 ? count : nil
    }
}
