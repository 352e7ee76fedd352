import GatewayKit
import Logging
import Registry
import XMPP

/// Opens and closes the adapter sessions of accounts.
extension Accounts {
    /// Opens a user's adapter session on a network, unless it is open already. Returns its account.
    ///
    /// - Parameter nick: the network's own nick that the user asks for, to use if the user's settings name none.
    @discardableResult
    func open(_ network: NetworkID, for user: User, nick: String?) -> AccountID {
        let state = state(of: user)
        if let account = state.links.account(on: network) { return account }
        let settings = settings(of: user, network: network)
        let preferred = settings["nick"] ?? nick ?? user.jid.local.map(JID.unescape) ?? user.jid.domain
        let account = Account(
            id: AccountID(user: user.id, network: network), preferredNick: preferred,
            isNickChosen: settings["nick"] == nil && nick != nil, settings: settings,
            roomSettings: state.roomSettings.filter { $0.key.network == network })
        let link = NetworkLink(account: account.id, nick: account.preferredNick.shownNick)
        // A session that opens with its user waits for no connection. If it cannot work, the adapter reports that.
        link.isOnline = opensWithUser
        state.links[network] = link
        kernel.order(.open(account))
        return account.id
    }

    /// Like `open`, for requests of the user.
    ///
    /// - Throws: the refusal for the user, if another session would exceed `Limits.networksPerUser`.
    func openWithinLimit(
        _ network: NetworkID, for user: User, nick: String? = nil
    ) throws(StanzaError) -> AccountID {
        let state = state(of: user)
        if let account = state.links.account(on: network) { return account }
        guard !kernel.isInMaintenance else { throw .maintenance }
        let most = kernel.settings.limits.networksPerUser
        guard state.links.count < most else {
            kernel.overLimit("networks", user.jid)
            throw .tooManyNetworks(most)
        }
        return open(network, for: user, nick: nick)
    }

    /// Closes the user's session on a network, if one is open, and opens another one. Returns its account.
    func reopen(_ network: NetworkID, for user: User) -> AccountID {
        let state = state(of: user)
        let nick = state.links[network]?.nick?.networkNick
        if let account = state.links.account(on: network) {
            state.links[network] = nil
            kernel.order(.close(account, reason: "Reconnecting"))
            for subscriber in kernel.routes.moments.networkChanged { subscriber(account, user) }
        }
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
    }

    /// Whether the session of a registered user is open while the user is loaded.
    private var opensWithUser: Bool { kernel.description.sessions == .withUser }

    /// Opens the session of a loaded user if the user is registered and sessions open with their users.
    func openWithUser(_ user: User) {
        guard opensWithUser, isRegistered(user), kernel.mayUse(user.jid),
            let network = kernel.rules.network(for: saved(user, network: nil) ?? [:])
        else { return }
        open(network, for: user, nick: nil)
    }

    /// Closes the user's sessions and opens the user's session again, if sessions open with their users. Call it when
    /// the user's settings have changed.
    func restart(_ user: User) {
        guard opensWithUser else { return }
        closeAll(of: user, reason: "Settings changed")
        openWithUser(user)
    }
}

// MARK: - Loading and forgetting users

extension Accounts {
    /// Adds the stored accounts of a user to the user's state. Opens the user's session if sessions open with their
    /// users. Call it when the user has been loaded.
    func load(_ user: User, _ stored: UserRecord) {
        for record in stored.accounts {
            guard !isGivenToAnother(record) else {
                evict(record, user.jid)
                continue
            }
            state(of: user)[record.network] = record.settings
            user.rows += record.rowCount
        }
        load(stored.kept, of: user)
        openWithUser(user)
    }

    /// Whether the user must stay loaded, because a request or a session is open. A session that opens with its user
    /// does not keep the user loaded.
    func keeps(_ user: User) -> Bool {
        guard let state = states[user] else { return false }
        return !state.requests.isEmpty || !(state.links.isEmpty || opensWithUser)
    }

    /// Closes the session of a user who is removed from memory.
    func forget(_ user: User) { closeAll(of: user, reason: "") }

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
    var rowCount: Int { settings.count + 1 }
}
