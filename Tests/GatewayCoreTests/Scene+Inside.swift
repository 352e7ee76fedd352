import GatewayKit
import XMPP

@testable import GatewayCore

/// Access to the state of the core, for tests that check it.
extension Scene {
    var kernel: Kernel { core.kernel }
    var accounts: Accounts { core.features.accounts }
    var ledgerFeature: Ledger { core.features.ledger }
    var outbox: HomeOutbox { core.features.home.outbox }
    var privileges: Privileges { core.features.dispatch.privileges }

    /// The loaded users that at least one feature keeps from being forgotten.
    var kept: [User] {
        let keepers = kernel.routes.moments.keepsUser
        return kernel.users.loaded.filter { user in keepers.contains { $0(user) } }
    }

    /// The indices of the features' functions in `keepsUser` that keep a user.
    var keepers: [Int] {
        kernel.routes.moments.keepsUser.indices.filter { index in
            kernel.users.loaded.contains { kernel.routes.moments.keepsUser[index]($0) }
        }
    }

    /// For each loaded user, the numbers of farewells that wait, of those that are not confirmed, and of rooms that the
    /// user is leaving.
    var farewells: [[Int]] {
        kernel.users.loaded.compactMap { core.features.rooms.states[$0] }
            .map { [$0.farewells.count, $0.unconfirmedFarewells.count, $0.leaving.count] }
    }

    /// The rooms of a user.
    func rooms(of user: String = "anna@home.test") -> [RoomAddress: Room] {
        guard let user = kernel.users[UserID(user)] else { return [:] }
        return core.features.rooms.states[user]?.rooms ?? [:]
    }

    /// Requests of a user that have no outcome yet.
    func openRequests(of user: String = "anna@home.test") -> Int {
        kernel.users[UserID(user)].flatMap { accounts.states[$0]?.requests.count } ?? 0
    }

    /// The user's name on the account's network.
    func nick(of account: AccountID) -> String? {
        kernel.users[account.user].flatMap { accounts.nick(of: $0, on: account.network) }
    }

    /// The settings that a user has saved.
    func saved(_ user: String) -> [String: String]? {
        kernel.users[UserID(user)].flatMap { accounts.saved($0, network: nil) }
    }

    /// Lets the home server prove that it has all stanzas that were sent until now.
    func prove() {
        while let timer = timers.firstIndex(where: { $0.tag.timer == HomeStream.fenceTimer }) {
            fireTimer(at: timer)
            if let batch = fences.last { post(.fenced(batch: batch, true)) }
        }
    }
}
