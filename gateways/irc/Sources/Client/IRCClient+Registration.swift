import GatewayKit

extension IRCClient {
    /// Gives a line to `registration`, and performs the actions that it returns.
    mutating func register(_ inbound: Inbound) {
        for action in registration.received(inbound.message) { perform(action, inbound) }
        announceReactions()
    }

    private mutating func perform(_ action: ConnectionRegistration.Action, _ inbound: Inbound) {
        switch action {
        case .send(let line): write(line)
        case .welcomed(let nick):
            // If the server names us by an invalid nick, assume the nick that we asked for.
            identity.nick = IRCRules.isNick(nick) ? nick : registration.login.nick.name
        case .failed(let failure, let cause): hangUp(LinkEnd(failure: failure, cause: cause))
        case .ready:
            announceReactions()
            emit(.state(.online(nick: identity.nick)))
            for request in earlyNickRequests { accept(request) }
            earlyNickRequests = []
            roomlessSince = inbound.now
            becomeReady()
            for entry in settings.rejoin { enter(entry.room, key: entry.key, waiting: []) }
        }
    }

    /// Changes the nick to log in with. Call this only while `registration.isWelcomed` is false.
    mutating func changeEarly(nick: String, request: RequestID) {
        guard WantedNick.isValid(nick) else { return fail(request, IRCClient.badNick(nick)) }
        for replaced in earlyNickRequests {
            fail(replaced, Failure(.conflict, "Another nick was chosen in the meantime: \(nick)."))
        }
        earlyNickRequests = [request]
        let actions = registration.change(nick: WantedNick(name: nick, isChosen: true))
        for case .send(let line) in actions { write(line) }
    }

    /// The failure for a nick that IRC does not allow.
    static func badNick(_ nick: String) -> Failure {
        let shown = PlainText.withoutFormatting(nick).clipped(toBytes: 100)
        return Failure(
            .malformedAddress,
            "\(shown) cannot be a nick on IRC. Use letters, digits and -[]\\`_^{|}, and do not begin with a digit.")
    }
}
