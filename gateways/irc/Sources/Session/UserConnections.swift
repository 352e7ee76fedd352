import Basics
import GatewayKit
import NIOCore
import Networking

/// Limits the connections of each user over all networks of an adapter, how often the user may dial, and the members of
/// channels on the connections. Runs on the gateway's event loop.
///
/// A connection counts from the call of `reserve` until its socket is closed. So it also counts while it waits for its
/// turn, while it is dialled, and while it waits for the server to close it.
final class UserConnections {
    /// The limits that the operator sets; see `IRCAdapter.init`.
    struct Limits {
        /// The number of connections of one user.
        var perUser = 20
        /// The number of dials of one user in a minute, at least 1. All of them may come at once.
        var dialsPerMinute = 30
    }

    /// The slot of one connection in the count of its user. Call `release` when the connection is gone.
    final class Slot {
        private weak var connections: UserConnections?
        private let user: UserID

        fileprivate init(_ connections: UserConnections, _ user: UserID) {
            self.connections = connections
            self.user = user
        }

        /// Gives the slot back. Call it when the socket has closed or was never opened. A second call does nothing.
        func release() {
            connections?.released(user)
            connections = nil
        }
    }

    private struct Usage {
        var count = 0
        var dials: TokenBucket
        let members = UserMembers()
    }

    private let limits: Limits
    private var users: [UserID: Usage] = [:]
    /// Above this number of users, those without a connection or a recent dial are removed.
    private var forgetAbove = 1024

    init(_ limits: Limits = Limits()) { self.limits = limits }

    /// Takes a slot for one more connection. Returns nil if the user has as many as allowed.
    func reserve(_ user: UserID, now: NIODeadline) -> Slot? {
        var usage = users[user] ?? fresh()
        guard usage.count < limits.perUser else { return nil }
        usage.count += 1
        users[user] = usage
        forgetIdle(now: now)
        return Slot(self, user)
    }

    /// Takes one dial of a user who has a slot. Returns nil if the user may dial now, otherwise how long to wait
    /// before the next call.
    func takeDial(_ user: UserID, now: NIODeadline) -> TimeAmount? {
        guard var usage = users[user] else { return nil }
        defer { users[user] = usage }
        return usage.dials.take(now: now.uptimeNanoseconds)
            ? nil : TimeAmount(usage.dials.timeUntilNext(now: now.uptimeNanoseconds))
    }

    /// The members of channels on all connections of a user who has a slot.
    func members(of user: UserID) -> UserMembers { users[user]?.members ?? UserMembers() }

    /// The number of connections of a user that count now. For tests.
    func count(of user: UserID) -> Int { users[user]?.count ?? 0 }

    /// The number of users with a record. For tests.
    var userCount: Int { users.count }

    /// The failure of a request for which `reserve` returned nil.
    var failure: Failure {
        let most = limits.perUser == 1 ? "one connection" : "\(limits.perUser) connections"
        return Failure(
            .rateLimited,
            "You have \(most) to IRC networks through this gateway, and no user may have more. Leave the channels of "
                + "another network first. Try again a minute later.",
            detail: "the user has the maximum of \(limits.perUser) connections")
    }

    private func released(_ user: UserID) { users[user]?.count -= 1 }

    private func fresh() -> Usage {
        let dials = max(limits.dialsPerMinute, 1)
        return Usage(dials: TokenBucket(burst: dials, perSecond: Double(dials) / 60))
    }

    /// Removes users without a connection whose allowance of dials is full. A new record for them would be the same.
    private func forgetIdle(now: NIODeadline) {
        guard users.count > forgetAbove else { return }
        for (user, usage) in users where usage.count == 0 && usage.members.used == 0 {
            var dials = usage.dials
            if dials.isFull(now: now.uptimeNanoseconds) { users[user] = nil }
        }
        forgetAbove = max(1024, 2 * users.count)
    }
}
