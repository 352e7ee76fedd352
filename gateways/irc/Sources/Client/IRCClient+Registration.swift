import GatewayKit
import NIOCore

extension IRCClient {
    /// Gives a line to `registration`, and performs the actions that it returns.
    mutating func register(_ inbound: Inbound) {
        perform(registration.received(inbound.message), now: inbound.now)
        announceFeatures()
    }

    mutating func perform(_ actions: [ConnectionRegistration.Action], now: NIODeadline) {
        for action in actions { perform(action, now: now) }
        loginDeadline = registration.isLoggingIn ? loginDeadline ?? now + IRCClient.loginTimeout : nil
    }

    private mutating func perform(_ action: ConnectionRegistration.Action, now: NIODeadline) {
        switch action {
        case .send(let line): writeUnshown(line)
        case .loggedIn(let account): loggedIn(account, now: now)
        case .tell(let text): tell(text)
        case .welcomed(let nick):
            // If the server names us by an invalid nick, assume the nick that we asked for.
            identity.nick = IRCRules.isNick(nick) ? nick : registration.login.nick.name
        case .failed(let failure, let cause): hangUp(LinkEnd(failure: failure, cause: cause))
        case .ready: becameReady(now: now)
        }
    }

    private mutating func becameReady(now: NIODeadline) {
        announceFeatures()
        emit(.state(.online(nick: identity.nick)))
        for request in earlyNickRequests { accept(request) }
        earlyNickRequests = []
        roomlessSince = now
        beginRegain(now: now)
        writeCommands(now: now)
        if account == nil, registration.login.account != nil || !settings.commands.isEmpty {
            loginHope = now + IRCClient.loginTimeout
        }
        becomeReady()
        for entry in settings.rejoin { enter(entry.room, key: entry.key, waiting: []) }
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
