import GatewayKit

/// Our nick, user name and host on the network, as other users see them.
struct OwnIdentity: Sendable {
    var nick: String
    /// The user name. Nil until the server has shown a line with us as its source. The same holds for `host`.
    private(set) var user: String?
    private(set) var host: String?
    /// The words of our last AWAY; nil while we are available.
    var awayWords: String?
    /// Whether the network shows us as away.
    var isAway = false

    var availability: Availability { isAway ? .away(awayWords) : .available }

    init(nick: String) { self.nick = nick }

    /// Learns the user name and host from the source of a line of ours.
    mutating func learn(_ source: Source) {
        user = source.user ?? user
        host = source.host ?? host
    }

    mutating func learn(host: String) { self.host = host }

    /// The number of bytes of `:nick!user@host `, which the server puts before our lines. For unknown parts it assumes
    /// the greatest length: for the user `USERLEN` or 10, and 1 for a `~`; for the host `HOSTLEN`, but at least 63
    /// (RFC 1035 §2.3.4).
    func prefixLength(_ lengths: ServerSupport.Lengths) -> Int {
        let userLength = user?.utf8.count ?? (lengths.user ?? 10) + 1
        let hostLength = host?.utf8.count ?? max(lengths.host ?? 63, 63)
        return nick.utf8.count + userLength + hostLength + 4
    }

    /// The number of bytes of text that fit into one PRIVMSG to the target, so that its receivers see the whole text.
    func textBudget(target: MiddleParameter, lengths: ServerSupport.Lengths, isAction: Bool) -> Int {
        let room = OutboundLine.room(.privmsg, target, limit: lengths.line - 2) - prefixLength(lengths)
        return room - (isAction ? CTCP.actionOverhead : 0)
    }
}
