import GatewayKit
import NIOCore

/// Takes the wanted nick back (`NickRegain`).
extension IRCClient {
    /// Starts the attempts, if a reconnect has given us another nick than the wanted one.
    mutating func beginRegain(now: NIODeadline) {
        let wanted = registration.login.nick.name
        guard settings.regainsNick, !isOwn(wanted) else { return }
        regain = NickRegain(wanted, now: now)
    }

    /// Asks for the wanted nick, if this is the nick that somebody has just given up. Call it for QUIT and NICK.
    mutating func nickBecameFree(_ nick: String, now: NIODeadline) {
        guard let regain, fold(nick) == fold(regain.nick) else { return }
        takeNickBack(now: now)
    }

    mutating func tickRegain(now: NIODeadline) {
        if let next = regain?.next, now >= next { takeNickBack(now: now) }
    }

    /// Asks for the wanted nick. A refusal is not shown, because the user has not just asked for the nick.
    private mutating func takeNickBack(now: NIODeadline) {
        guard let nick = regain?.nick, !isOwn(nick) else { return regain = nil }
        _ = outbox.submit(
            nil, .nick, target: fold(nick), lines: [(OutboundLine(.nick, trailing: TrailingParameter(nick)), "")])
        if regain?.attempted(now: now) != true { regain = nil }
    }
}
