import GatewayKit
import XMPP

/// Handles the state events of adapter sessions.
extension Accounts {
    /// Handles a state event of an account whose user is loaded.
    func changed(_ event: StateEvent, of account: AccountID, _ user: User) {
        guard let state = states[user], state.links.account(on: account.network) != nil else { return }
        switch event {
        case .capabilities(let scope, let capabilities):
            return state.links.set(scope, capabilities, on: account.network, sharing: sharedCapabilities)
        case .notice(let text): return show(text, of: account.network, to: user)
        case .greeting(let text): return greeted(text, by: account.network, user)
        case .keep(let value, for: let key): return keep(value, for: key, nil)
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

    /// The adapter has given up the session of an account: closes it.
    private func end(_ account: AccountID, _ failure: Failure, _ user: User, reason: String = "") {
        states[user]?.links[account.network] = nil
        kernel.order(.close(account, reason: reason))
        for subscriber in kernel.routes.moments.networkEnded { subscriber(account, failure, user) }
    }

    /// Ends the session of a user on a network, at the wish of the user or of an administrator. Does nothing if no
    /// session is open.
    ///
    /// - Parameter reason: a text that people on the network can read.
    func disconnect(_ user: User, from network: NetworkID, reason: String) {
        guard let account = states[user]?.links.account(on: network) else { return }
        end(account, Failure(.remoteDown, "Disconnected from \(network): \(reason)"), user, reason: reason)
        for subscriber in kernel.routes.moments.networkChanged { subscriber(account, user) }
    }

    /// Sends a notice of the network to a user, as a headline from the network's JID, unless the user has blocked that.
    func show(_ text: String, of network: NetworkID, to user: User) {
        if let blocked = blockLists[user], blocked.blocks(address: .network(network)) {
            return kernel.count(.messagesBlocked)
        }
        guard let from = kernel.addresses.jid(.network(network)) else { return }
        let head = StanzaHead(to: user.jid, from: from, id: kernel.world.newID())
        home.deliver(.direct(Message(head, type: .headline, body: text)))
    }
}

// MARK: - Back-pressure

/// Applies back-pressure to the networks of accounts. The core reads a network only as fast as the home server reads
/// the stanzas that the network causes. So a network that floods one user delays only that user. The back-pressure of
/// the stream would delay all users.
extension Accounts {
    /// Counts the stanzas that an event of an account has caused.
    func wrote(_ stanzas: Int, for account: AccountID, _ user: User) {
        guard kernel.isLinkOpen, stanzas > 0, let state = states[user] else { return }
        switch state.links.wrote(stanzas, on: account.network) {
        case .nothing: break
        case .checkpoint: kernel.order(.checkpoint(.account(account)))
        case .full: updatePause(of: account, user)
        }
    }

    /// The home server has every stanza that was written for an account before the last checkpoint.
    func confirmed(_ account: AccountID) {
        guard let user = kernel.users[account.user], let state = states[user] else { return }
        if state.links.confirmed(on: account.network) { kernel.order(.checkpoint(.account(account))) }
        updatePause(of: account, user)
    }

    /// Pauses the network of an account if too many stanzas or events of the network wait, and resumes it otherwise.
    /// Call it when one of these numbers has crossed its limit.
    func updatePause(of account: AccountID, _ user: User) {
        guard let state = states[user], let link = state.links[account.network] else { return }
        let isPaused = kernel.isLinkOpen && (link.isFull || hasLongBacklog(user, account.network))
        guard isPaused != link.isPaused else { return }
        state.links[account.network]?.isPaused = isPaused
        kernel.order(isPaused ? .pause(account) : .resume(account))
    }

    /// Resumes all networks. Call it when the stream has broken: lost stanzas are not confirmed any more.
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
