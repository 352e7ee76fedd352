import Basics
import GatewayKit
import NIOCore

/// How fast connections that have broken are made again on one network, all users together.
struct ReconnectRate: Sendable, Equatable {
    /// The number of connections that may be made again at once, at least 1.
    var burst = 50
    /// The number of connections per second after that. 0 means no limit.
    var perSecond = 20.0
}

/// Spreads the reconnects of all sessions of an adapter over time, for each network on its own, so that a server that
/// has restarted is not dialled by thousands of users at once. A dial that a user asks for does not pass it. Runs on
/// the gateway's event loop.
final class ReconnectPace {
    /// The time at which a network's turns would all be free again. Networks that are free already need no entry.
    private var taken: [NetworkID: NIODeadline] = [:]
    /// Above this number of entries, those of free networks are removed.
    private var forgetAbove = 1024

    /// Takes the next turn on a network.
    ///
    /// - Returns: how long the caller must wait for its turn; zero if it may dial now.
    func takeTurn(on network: NetworkID, _ rate: ReconnectRate, now: NIODeadline) -> TimeAmount {
        guard rate.perSecond > 0 else { return .zero }
        let interval = TimeAmount.nanoseconds(Int64(1e9 / rate.perSecond))
        let free = max(taken[network] ?? now, now)
        forgetFree(now)
        taken[network] = free + interval
        return max(free - now - interval * (rate.burst - 1), .zero)
    }

    private func forgetFree(_ now: NIODeadline) {
        guard taken.count > forgetAbove else { return }
        taken = taken.filter { $0.value > now }
        forgetAbove = max(1024, 2 * taken.count)
    }
}
