import GatewayKit
import Logging
import Synchronization

/// Names an account that cannot be read, because one of its secrets does not open.
struct UnreadableAccount: Hashable {
    let user: UserID
    /// Nil for the user's registration with the gateway itself.
    let network: NetworkID?
    /// The key of the secret.
    let setting: String

    /// Whether the account cannot be opened because of this secret. A secret of the registration with the gateway
    /// itself concerns all accounts of the user. Their messages wait until the secret opens again.
    func affects(_ account: AccountID) -> Bool {
        user == account.user && (network == nil || network == account.network)
    }
}

/// Logs accounts that cannot be read. It logs each account once, because the core may read a user often.
final class UnreadableAccounts: Sendable {
    /// The largest number of accounts to log and to remember.
    private static let limit = 10_000

    private struct Known: Hashable {
        let gateway: String
        let account: UnreadableAccount
    }

    private let logger: Logger
    private let known = Mutex<Set<Known>>([])

    init(logger: Logger) { self.logger = logger }

    /// Logs the accounts that it has not logged yet.
    func report(_ accounts: [UnreadableAccount], of gateway: String) {
        for account in accounts where isNew(Known(gateway: gateway, account: account)) {
            logger.error(
                "an account is left out, because one of its secrets does not open",
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
