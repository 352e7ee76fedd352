import GatewayKit
import Logging
import Synchronization

/// An account that cannot be read, because one of its secrets does not open.
struct UnreadableAccount: Hashable {
    let user: UserID
    /// Nil for the user's registration with the gateway itself.
    let network: NetworkID?
    let setting: String

    /// Its messages wait until it can be read again.
    func concerns(_ account: AccountID) -> Bool {
        user == account.user && (network == nil || network == account.network)
    }
}

/// Tells the operator about accounts that cannot be read, once about each: a user may be read often.
final class UnreadableAccounts: Sendable {
    private static let limit = 10_000

    private struct Known: Hashable {
        let gateway: String
        let account: UnreadableAccount
    }

    private let logger: Logger
    private let known = Mutex<Set<Known>>([])

    init(logger: Logger) { self.logger = logger }

    func report(_ accounts: [UnreadableAccount], of gateway: String) {
        for account in accounts where isNew(Known(gateway: gateway, account: account)) {
            logger.error(
                "an account is left out, because a secret of it does not open",
                metadata: [
                    "gateway": "\(gateway)", "user": "\(account.user)",
                    "network": "\(account.network?.rawValue ?? "-")", "setting": "\(account.setting)",
                    "next":
                        "nothing is deleted: the user can register again, or restore the registry with its key file",
                ])
        }
    }

    private func isNew(_ account: Known) -> Bool {
        known.withLock { $0.count < Self.limit && $0.insert(account).inserted }
    }
}
