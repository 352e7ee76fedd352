import GatewayKit
import Logging
import Registry
import XMPP

/// Opens and closes the adapter sessions of accounts.
extension Accounts {
    /// Opens a user's adapter session on a network, unless it is open already. Returns its account.
    ///
    /// - Parameter nick: the network's own nick to use if the user's settings name none.
    @discardableResult
    func open(_ network: NetworkID, for user: User, nick: String?) -> AccountID {
        let state = state(of: user)
        if let account = state.links.account(on: network) { return account }
        let account = account(for: user.jid, user.id, network, settings(of: user, network: network), nick: nick)
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

    /// Like `open`, for requests of the user. Returns nil if another session would exceed `Limits.networksPerUser`.
    func openWithinLimit(_ network: NetworkID, for user: User, nick: String?) -> AccountID? {
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
        for account in linksOfUnloadedUsers.accounts { kernel.order(.close(account, reason: reason)) }
        linksOfUnloadedUsers.removeAll()
    }

    /// Opens the sessions of all accounts that are always on. Called at the start of the gateway.
    func start(with accounts: [AccountRecord]) {
        for record in accounts where record.network == nil {
            guard let jid = try? JID(record.user.rawValue) else { continue }
            if isGivenToAnother(record) {
                evict(record, jid)
            } else if let network = kernel.rules.network(for: record.settings), isAlwaysOn {
                let account = account(for: jid, record.user, network, record.settings)
                linksOfUnloadedUsers.add(LinkOfUnloadedUser(account: account.id))
                kernel.order(.open(account))
            }
        }
    }

    /// Whether the sessions of all registered users stay open while the gateway runs.
    private var isAlwaysOn: Bool { kernel.description.sessions == .always }

    /// Opens the session of a registered user if sessions are always on.
    func openAlways(_ user: User) {
        guard isAlwaysOn, isRegistered(user),
            let network = kernel.rules.network(for: saved(user, network: nil) ?? [:])
        else { return }
        open(network, for: user, nick: nil)
    }

    /// Opens the sessions of a user anew if sessions are always on. Call it when the user's settings have changed.
    func restart(_ user: User) {
        guard isAlwaysOn else { return }
        closeAll(of: user, reason: "Settings changed")
        openAlways(user)
    }
}

// MARK: - Loading and forgetting users

extension Accounts {
    /// Adds the stored accounts of a user to the user's state, and the sessions that are open already. Call it while the
    /// user is loaded.
    func load(_ user: User, _ stored: UserRecord) {
        for record in stored.accounts {
            guard !isGivenToAnother(record) else {
                evict(record, user.jid)
                continue
            }
            state(of: user)[record.network] = record.settings
            user.rows += record.rows
        }
        for link in linksOfUnloadedUsers.removeAll(of: user.id) {
            state(of: user).links[link.account.network] = NetworkLink(link)
        }
    }

    /// Whether the user must stay loaded, because a request or a session is open. If sessions are always on, an open
    /// session does not keep the user loaded.
    func keeps(_ user: User) -> Bool {
        guard let state = states[user] else { return false }
        return !state.requests.isEmpty || !(state.links.isEmpty || isAlwaysOn)
    }

    /// Keeps the open sessions of a user, if sessions are always on. Call it before the user's state is freed.
    func forget(_ user: User) {
        guard let state = states[user], isAlwaysOn else { return }
        for account in state.links.accounts {
            guard let link = state.links[account.network] else { continue }
            linksOfUnloadedUsers.add(LinkOfUnloadedUser(link))
        }
    }

    /// Removes the settings of a user from memory. Call it when the user has unregistered.
    func forgetSettings(of user: User) { states[user]?.removeAllSettings() }

    /// Whether the configuration gives the login values of this registration to another user.
    private func isGivenToAnother(_ record: AccountRecord) -> Bool {
        guard let owner = kernel.rules.owner(of: record.settings) else { return false }
        return owner != record.user
    }

    /// Deletes a registration, because the configuration gives its number to another user. Tells the registered user.
    private func evict(_ record: AccountRecord, _ jid: JID) {
        kernel.log(
            .notice, "a registration ends, because the configuration gives its number to another user",
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
    /// The number of rows that this record takes in the registry.
    var rows: Int { settings.count + 1 }
}
