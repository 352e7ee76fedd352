import Basics

/// The habits of a network's account service, such as NickServ, for networks without SASL.
struct AccountService: Sendable, Equatable {
    /// The target of the command: a nick, or `nick@server`, which no other user can have.
    var target = "NickServ"
    /// The host that a line of the service must come from. Nil for any.
    var host: String?
    /// The text of the command. `{account}` and `{password}` stand for the values.
    var command = "IDENTIFY {account} {password}"

    /// The answer of the service to a login.
    enum Verdict: Equatable, Sendable { case confirmed, refused(String) }

    /// The nick of the service.
    var nick: String { String(target.prefix { $0 != "@" }) }

    /// Makes the line that logs in. Nil if the user has no password or does not want to send it, if the target is not
    /// valid, or if the line is too long.
    func line(_ credentials: Credentials) -> OutboundLine? {
        guard let target = MiddleParameter(target), let password = credentials.password,
            credentials.mechanism == nil || credentials.mechanism == .plain
        else { return nil }
        let text = command.replacing("{account}", with: credentials.account)
            .replacing("{password}", with: password.reveal())
        guard text.utf8.count <= OutboundLine.room(.privmsg, target) else { return nil }
        return OutboundLine(.privmsg, target, trailing: TrailingParameter(text))
    }

    /// Reads a NOTICE. Nil if it does not come from the service, or says nothing about the login.
    func verdict(_ message: IRCMessage) -> Verdict? {
        guard let source = message.source, let text = message.parameters.last, !source.looksLikeServer,
            CaseMapping.ascii.fold(source.name) == CaseMapping.ascii.fold(nick),
            host == nil || source.host == host
        else { return nil }
        let words = PlainText.withoutFormatting(text)
        let lower = words.lowercased()
        // "Your nick is not registered" greets users whose nick belongs to nobody.
        if !lower.contains("your nick"), Self.refusals.contains(where: lower.contains) {
            return .refused(words.clipped(toBytes: 300))
        }
        return Self.confirmations.contains(where: lower.contains) ? .confirmed : nil
    }

    /// Parts of the sentences with which Anope, Atheme, and the services of OFTC, QuakeNet, Undernet and DALnet confirm
    /// a login, in lower case.
    private static let confirmations = [
        "you are now identified", "you are now logged in", "you are successfully identified", "password accepted",
        "now recognized", "authentication successful", "you are already logged in", "you are already identified",
    ]

    /// Parts of the sentences with which they refuse a login, in lower case.
    private static let refusals = [
        "password incorrect", "incorrect password", "invalid password", "invalid credentials", "authentication failed",
        "not registered", "not a registered", "isn't registered", "username or password incorrect", "invalid account",
        "is suspended", "has been frozen",
    ]
}
