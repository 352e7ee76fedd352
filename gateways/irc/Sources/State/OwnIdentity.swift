/// Who we are on the network, as others see us.
struct OwnIdentity: Sendable {
    var nick: String
    /// Nil until a line from ourselves has shown it.
    private(set) var user: String?
    private(set) var host: String?

    init(nick: String) { self.nick = nick }

    /// Takes the source of a line that is from us.
    mutating func learn(_ source: Source) {
        user = source.user ?? user
        host = source.host ?? host
    }

    mutating func learn(host: String) { self.host = host }

    /// Bytes of `:nick!user@host ` that the server puts before our lines; the longest possible while parts of it are
    /// unknown (USERLEN or 10 and a `~`, HOSTLEN or 63: RFC 1035 §2.3.4).
    func prefixLength(_ support: ServerSupport) -> Int {
        let userLength = user?.utf8.count ?? (support.userLength ?? 10) + 1
        let hostLength = host?.utf8.count ?? max(support.hostLength ?? 63, 63)
        return nick.utf8.count + userLength + hostLength + 4
    }

    /// Bytes of text that fit into one PRIVMSG to that target so that those who receive it see all of it.
    func textBudget(target: Middle, support: ServerSupport, isAction: Bool) -> Int {
        let room = OutboundLine.room(.privmsg, target) - prefixLength(support)
        return room - (isAction ? CTCP.actionOverhead : 0)
    }
}
