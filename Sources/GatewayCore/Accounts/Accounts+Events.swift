import GatewayKit
import XMPP

/// What the sessions of accounts report about themselves, and back-pressure on them.
extension Accounts {
    func changed(_ event: StateEvent, of account: AccountID, _ user: User) {
        guard let state = states[user], state.links.account(on: account.network) != nil else { return }
        switch event {
        case .capabilities(let scope, let capabilities):
            return state.links.set(scope, capabilities, on: account.network)
        case .notice(let text): return show(text, of: account.network, to: user)
        case .connecting: state.links[account.network]?.isOnline = false
        case .online(let nick):
            state.links[account.network]?.isOnline = true
            state.links[account.network]?.nick = nick.shownNick
        case .offline(let failure, let retrying):
            state.links[account.network]?.isOnline = false
            if !retrying { end(account, failure, user) }
        }
        for subscriber in kernel.routes.moments.networkChanged { subscriber(account, user) }
    }

    /// The adapter session is over.
    private func end(_ account: AccountID, _ failure: Failure, _ user: User) {
        states[user]?.links[account.network] = nil
        kernel.order(.close(account, reason: ""))
        for subscriber in kernel.routes.moments.networkEnded { subscriber(account, failure, user) }
    }

    /// The state of an account whose user is not loaded; false if the user has to be loaded for it.
    func changedUnloaded(_ event: StateEvent, of account: AccountID) -> Bool {
        guard standing[account.user]?.account == account else { return false }
        switch event {
        case .connecting, .offline(_, retrying: true): standing[account.user]?.isOnline = false
        case .online: standing[account.user]?.isOnline = true
        case .capabilities(let scope, let capabilities):
            standing[account.user]?.capabilities.set(scope, capabilities)
        case .offline, .notice: return false
        }
        return true
    }

    /// The session of a user who cannot be loaded is over. The next use opens another.
    func endStanding(_ account: AccountID) {
        guard standing[account.user]?.account == account else { return }
        standing[account.user] = nil
        kernel.order(.close(account, reason: ""))
    }

    /// Shows the network's own words to a user.
    private func show(_ text: String, of network: NetworkID, to user: User) {
        guard let from = kernel.addresses.jid(.network(network)) else { return }
        let head = StanzaHead(to: user.jid, from: from, id: kernel.world.newID())
        home.deliver(.direct(Message(head, type: .headline, body: text)))
    }
}

// MARK: - Back-pressure

/// An account's network is read only as fast as the home server takes what it says, so that a network that floods one user
/// costs that user alone. The stream's own back-pressure would hold up everybody.
extension Accounts {
    /// Counts the stanzas that an event of an account has made us write.
    func wrote(_ stanzas: Int, for account: AccountID, _ user: User) {
        guard kernel.isLinkOpen, stanzas > 0, let state = states[user] else { return }
        switch state.links.wrote(stanzas, on: account.network) {
        case .nothing: break
        case .checkpoint: kernel.order(.checkpoint(.account(account)))
        case .full: updatePause(of: account, user)
        }
    }

    /// The home server has taken everything written for an account up to the last checkpoint.
    func confirmed(_ account: AccountID) {
        guard let user = kernel.users[account.user], let state = states[user] else { return }
        if state.links.confirmed(on: account.network) { kernel.order(.checkpoint(.account(account))) }
        updatePause(of: account, user)
    }

    /// Pauses or resumes the network, as its state asks.
    func updatePause(of account: AccountID, _ user: User) {
        guard let state = states[user], let link = state.links[account.network] else { return }
        let isPaused = kernel.isLinkOpen && (link.isFull || isBehind(user, account.network))
        guard isPaused != link.isPaused else { return }
        state.links[account.network]?.isPaused = isPaused
        kernel.order(isPaused ? .pause(account) : .resume(account))
    }

    /// The stream is gone: nothing is written any more.
    func resumeAll() {
        for user in kernel.users.loaded {
            guard let state = states[user] else { continue }
            for account in state.links.accounts {
                state.links.linkBroke(on: account.network)
                updatePause(of: account, user)
            }
        }
    }
}
