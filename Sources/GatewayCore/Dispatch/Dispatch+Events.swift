import GatewayKit
import XMPP

/// Brings the events of the adapter sessions to the features.
extension Dispatch {
    /// Handles an event, or keeps it until its user is loaded or its room is shown.
    ///
    /// - Parameter token: names the event in `Effect.storageAnswer`, which tells the adapter whether to acknowledge it.
    ///   Nil if the adapter does not wait for that.
    func received(_ event: consuming Event, of account: AccountID, token: StorageToken?) {
        // Messages and outcomes are moved out of the event: a copy of one would cost as much as handling it.
        switch consume event {
        case .message(let message): received(message, of: account, token)
        case .outcome(let id, let outcome): received(outcome, of: id, account, token)
        case .state(.keep(let value, for: let key)): accounts.keep(value, for: key, token)
        case let event:
            guard let user = kernel.users[account.user] else {
                return receivedUnloaded(event, of: account, token: token)
            }
            acknowledge(token)
            if let blocked = blockLists[user], blocked.blocks(event: event) { return kernel.count(.messagesBlocked) }
            let before = kernel.orderedCount
            if case .room(let room, _) = event, kernel.routes.events.mustWait?(room, user) == true {
                kernel.routes.events.keep?(event, room, user)
            } else {
                handle(event, of: account, user)
            }
            accounts.wrote(kernel.orderedCount - before, for: account, user)
        }
    }

    private func received(_ message: consuming InboundMessage, of account: AccountID, _ token: StorageToken?) {
        guard let user = kernel.users[account.user] else {
            return receivedUnloaded(.message(message), of: account, token: token)
        }
        // To the network, a message of a blocked person counts as taken: it would offer the message again otherwise.
        if let blocked = blockLists[user], blocked.blocks(message: message) {
            kernel.count(.messagesBlocked)
            guard let consent = message.consent, let handler = kernel.routes.events.blockedConsent else {
                return acknowledge(token)
            }
            return handler(message, consent, account, user, token)
        }
        if !kernel.isAllLive, kernel.isStored(message.origin.address) {
            kernel.routes.events.storedMessage?(message, account, user, token)
            return
        }
        acknowledge(token)
        let before = kernel.orderedCount
        if case .room(let room, nick: _) = message.origin, kernel.routes.events.mustWait?(room, user) == true {
            kernel.routes.events.keep?(.message(message), room, user)
        } else {
            handle(message, of: account, user)
        }
        accounts.wrote(kernel.orderedCount - before, for: account, user)
    }

    private func received(
        _ outcome: consuming Outcome, of id: RequestID, _ account: AccountID, _ token: StorageToken?
    ) {
        guard id.number != nil else {
            kernel.routes.events.ledgerOutcome?(id, outcome, account, token)
            return
        }
        guard let user = kernel.users[account.user] else {
            return receivedUnloaded(.outcome(id, outcome), of: account, token: token)
        }
        acknowledge(token)
        let before = kernel.orderedCount
        ended(id, outcome, user)
        accounts.wrote(kernel.orderedCount - before, for: account, user)
    }

    /// Acknowledges an event that needs no place in the registry.
    private func acknowledge(_ token: StorageToken?) {
        if let token { kernel.order(.storageAnswer(token, .stored)) }
    }

    private func receivedUnloaded(_ event: Event, of account: AccountID, token: StorageToken?) {
        // A user who is not loaded has no open session, so this event comes from a session that is being closed.
        if case .state = event { return kernel.count(.stanzasIgnored) }
        if kernel.wait(.event(account, event, token: token), for: account.user) { return }
        refuse(event, of: account, token)
    }

    /// Handles an event at once. `Rooms` calls this for events that it has held back.
    func handle(_ event: consuming Event, of account: AccountID, _ user: User) {
        // The routes are used in place: a copy would retain every handler.
        switch consume event {
        case .outcome(let id, let outcome): ended(id, outcome, user)
        case .message(let message): handle(message, of: account, user)
        case .room(let room, let event): kernel.routes.events.room?(room, event, account, user)
        case .peer(let peer, let event):
            guard let handler = kernel.routes.events.peer else { return kernel.count(.stanzasIgnored) }
            handler(peer, event, account, user)
        case .answer(let id, let answer):
            guard case .note(let slip)? = accounts.takeRequest(id, of: user) else { return }
            kernel.routes.notes[slip.feature]?.outcome(slip.note, .success(answer), user)
        case .state(let state): kernel.routes.events.state?(state, account, user)
        }
    }

    private func handle(_ message: InboundMessage, of account: AccountID, _ user: User) {
        guard case .text(let text) = message.content else {
            guard let handler = kernel.routes.contents[message.content.ability] else {
                return kernel.count(.stanzasIgnored)
            }
            return handler(message, account, user)
        }
        switch message.origin {
        case .peer(let peer): kernel.routes.events.peerText?(message, text, peer, user)
        case .room(let room, let nick): kernel.routes.events.roomText?(message, text, room, nick?.shownNick, user)
        }
    }

    /// Brings the outcome of a request to the feature that has made the request. Reports of delivery, reports of
    /// reading and facts have no effect here: only the ledger uses them.
    private func ended(_ id: RequestID, _ outcome: Outcome, _ user: User) {
        let result: Result<MessageID?, Failure>
        switch outcome {
        case .accepted(let name): result = .success(name)
        case .failed(let failure): result = .failure(failure)
        case .delivered, .read, .noted: return
        }
        guard let next = accounts.takeRequest(id, of: user) else { return }
        switch next {
        case .groupMessage(let room, let message): kernel.routes.events.groupMessage?(room, message, result, user)
        case .directMessage(let message): kernel.routes.events.directMessage?(message, result, user)
        case .note(let slip): kernel.routes.notes[slip.feature]?.outcome(slip.note, result.map { _ in nil }, user)
        case .none: break
        }
    }
}
