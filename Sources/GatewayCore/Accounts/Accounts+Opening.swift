import GatewayKit
import Logging
import Registry
import XMPP

/// Opening and closing the adapter sessions of accounts.
extension Accounts {
    /// Makes sure that the account's adapter session is open. `nick` is the name wanted there if the user has
    /// registered none.
    @discardableResult
    func open(_ network: NetworkID, for user: User, nick: String?) -> AccountID {
        let state = state(of: user)
        if let account = state.links.account(on: network) { return account }
        let account = account(for: user.jid, user.id, network, state.effective(on: network), nick: nick)
        state.links[network] = NetworkLink(account: account.id, nick: account.preferredNick.shownNick)
        kernel.order(.open(account))
        return account.id
    }

    private func account(
        for jid: JID, _ user: UserID, _ network: NetworkID, _ settings: [String: String], nick: String? = nil
    ) -> Account {
        let preferred = settings["nick"] ?? nick ?? jid.local.map(JID.unescape) ?? jid.domain
        return Account(
            id: AccountID(user: user, network: network), preferredNick: preferred, settings: settings)
    }

    /// The same for a wish of the user's: nil if the user is connected to as many networks as allowed, and this is
    /// another.
    func openAnother(_ network: NetworkID, for user: User, nick: String?) -> AccountID? {
        let state = state(of: user)
        if let account = state.links.account(on: network) { return account }
        guard state.links.count < kernel.settings.limits.networksPerUser else { return nil }
        return open(network, for: user, nick: nick)
    }

    /// Closes all sessions of a user.
    func closeAll(of user: User, reason: String) {
        guard let state = states[user] else { return }
        for account in state.links.removeAll() { kernel.order(.close(account, reason: reason)) }
    }

    /// Closes every session of the gateway.
    func closeEverything(reason: String) {
        for user in kernel.users.loaded {
            for account in states[user]?.links.accounts ?? [] { kernel.order(.close(account, reason: reason)) }
        }
        for link in standing.values { kernel.order(.close(link.account, reason: reason)) }
        standing = [:]
    }

    /// The accounts that are always on, at start.
    func start(with accounts: [AccountRecord]) {
        for record in accounts where record.network == nil {
            guard let jid = try? JID(record.user.rawValue) else { continue }
            if isGivenToAnother(record) {
                evict(record, jid)
            } else if let network = kernel.rules.network(for: record.settings), isAlwaysOn {
                let account = account(for: jid, record.user, network, record.settings)
                standing[record.user] = StandingLink(account: account.id)
                kernel.order(.open(account))
            }
        }
    }

    private var isAlwaysOn: Bool { kernel.description.sessions == .always }

    /// Opens the session of a registered user of a network that is always on.
    func openAlways(_ user: User) {
        guard isAlwaysOn, isRegistered(user),
            let network = kernel.rules.network(for: saved(user, network: nil) ?? [:])
        else { return }
        open(network, for: user, nick: nil)
    }

    /// Settings have changed: sessions that depend on them start again.
    func restart(_ user: User) {
        guard isAlwaysOn else { return }
        closeAll(of: user, reason: "Settings changed")
        openAlways(user)
    }
}

// MARK: - Users come and go

extension Accounts {
    func load(_ user: User, _ person: PersonRecord) {
        for record in person.accounts {
            guard !isGivenToAnother(record) else {
                evict(record, user.jid)
                continue
            }
            state(of: user)[record.network] = record.settings
            user.rows += record.rows
        }
        guard let link = standing.removeValue(forKey: user.id) else { return }
        state(of: user).links[link.account.network] = NetworkLink(link)
    }

    /// An account that is always on goes on without its user.
    func keeps(_ user: User) -> Bool {
        guard let state = states[user] else { return false }
        return !state.requests.isEmpty || !(state.links.isEmpty || isAlwaysOn)
    }

    func forget(_ user: User) {
        guard let state = states[user], isAlwaysOn else { return }
        for account in state.links.accounts {
            guard let link = state.links[account.network] else { continue }
            standing[user.id] = StandingLink(link)
        }
    }

    /// The user has unregistered.
    func forgetSettings(of user: User) { states[user]?.removeAllSettings() }

    /// Whether the operator has given what this user has registered to somebody else.
    private func isGivenToAnother(_ record: AccountRecord) -> Bool {
        guard let owner = kernel.rules.owner(of: record.settings) else { return false }
        return owner != record.user
    }

    /// Ends a registration because the operator has given its number to another user, and says so to the one who had it.
    private func evict(_ record: AccountRecord, _ jid: JID) {
        kernel.log(
            .notice, "a registration ends, because the configuration gives its number to somebody else",
            ["user": "\(record.user)"])
        let unique = kernel.description.uniqueKeys
        kernel.commit(
            .removeAccount(
                gateway: record.gateway, record.user, network: record.network, unique: unique, at: kernel.world.now()))
        let number = unique.compactMap { record.settings[$0] }.first ?? "your number"
        let words =
            "The operator of this gateway has given \(number) to somebody else. You are not registered any more."
            + " Ask the operator for a number, then register again."
        let head = StanzaHead(to: jid, from: kernel.settings.domain, id: kernel.world.newID())
        home.deliver(.direct(Message(head, type: .chat, body: words)))
    }
}

extension AccountRecord {
    /// Rows that it takes in the registry.
    var rows: Int { settings.count + 1 }
}
