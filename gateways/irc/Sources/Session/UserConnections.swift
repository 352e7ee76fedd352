import Basics
import GatewayKit
import NIOCore
import Networking

/// How many connections each user has over all networks of an adapter, and how often he may dial. Lives on the
/// gateway's loop.
///
/// A connection counts from when it is wanted until its socket is closed: also while it waits for its turn, is being
/// dialled, and says goodbye.
final class UserConnections {
    /// The bounds; see `IRCAdapter.init`.
    struct Limits {
        var perUser = 20
        /// Dials of one user a minute, at least 1; so many may also come at once.
        var dialsPerMinute = 30
    }

    /// One connection's place in the count. Give it back once, by `release`.
    final class Place {
        private weak var connections: UserConnections?
        private let user: UserID

        fileprivate init(_ connections: UserConnections, _ user: UserID) {
            self.connections = connections
            self.user = user
        }

        /// The socket is closed, or there never was one. A second call does nothing.
        func release() {
            connections?.released(user)
            connections = nil
        }
    }

    private struct Usage {
        var count = 0
        var dials: TokenBucket
    }

    private let limits: Limits
    private var users: [UserID: Usage] = [:]
    /// Above this many users, those without a connection or a recent dial are removed.
    private var forgetAbove = 1024

    init(_ limits: Limits = Limits()) { self.limits = limits }

    /// A place for one more connection; nil if the user has as many as allowed.
    func take(_ user: UserID, now: NIODeadline) -> Place? {
        var usage = users[user] ?? fresh()
        guard usage.count < limits.perUser else { return nil }
        usage.count += 1
        users[user] = usage
        forgetIdle(now: now)
        return Place(self, user)
    }

    /// Takes one dial of a user with a place: nil if the user may dial now, otherwise how long to wait before asking again.
    func takeDial(_ user: UserID, now: NIODeadline) -> TimeAmount? {
        guard var usage = users[user] else { return nil }
        defer { users[user] = usage }
        return usage.dials.take(now: now.uptimeNanoseconds)
            ? nil : TimeAmount(usage.dials.timeUntilNext(now: now.uptimeNanoseconds))
    }

    /// Connections of one user that count now. For tests.
    func count(of user: UserID) -> Int { users[user]?.count ?? 0 }

    /// Users with a record. For tests.
    var userCount: Int { users.count }

    /// What a user is told who has as many as he may.
    var failure: Failure {
        let most = limits.perUser == 1 ? "one connection" : "\(limits.perUser) connections"
        return Failure(
            .rateLimited,
            "You have \(most) with IRC networks through this gateway, and nobody may have more. Leave the channels of "
                + "another network first; a minute later you can try again.",
            detail: "the user has as many connections as one may have (\(limits.perUser))")
    }

    private func released(_ user: UserID) { users[user]?.count -= 1 }

    private func fresh() -> Usage {
        let dials = max(limits.dialsPerMinute, 1)
        return Usage(dials: TokenBucket(burst: dials, perSecond: Double(dials) / 60))
    }

    /// Removes users without a connection who have not dialled for a minute: their record changes nothing any more.
    private func forgetIdle(now: NIODeadline) {
        guard users.count > forgetAbove else { return }
        for (user, usage) in users where usage.count == 0 {
            var dials = usage.dials
            if dials.isFull(now: now.uptimeNanoseconds) { users[user] = nil }
        }
        forgetAbove = max(1024, 2 * users.count)
    }
}
