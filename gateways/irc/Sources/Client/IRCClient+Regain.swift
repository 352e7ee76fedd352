import GatewayKit
import NIOCore

/// Getting back the wanted nick (`NickRegain`).
extension IRCClient {
    /// Begins, if the network has given us another nick than the wanted one.
    mutating func beginRegain(now: NIODeadline) {
        let wanted = registration.login.nick.name
        guard settings.regainsNick, !isOwn(wanted) else { return }
        regain = NickRegain(wanted, now: now)
    }

    /// Takes the wanted nick if the person who has just given up a nick had it.
    mutating func nickBecameFree(_ nick: String, now: NIODeadline) {
        guard let regain, fold(nick) == fold(regain.nick) else { return }
        takeNickBack(now: now)
    }

    mutating func tickRegain(now: NIODeadline) {
        if let next = regain?.next, now >= next { takeNickBack(now: now) }
    }

    /// Asks for the wanted nick. A refusal is not shown: the user has not asked for it now.
    private mutating func takeNickBack(now: NIODeadline) {
        guard let nick = regain?.nick, !isOwn(nick) else { return regain = nil }
        _ = outbox.submit(
            nil, .nick, target: fold(nick), lines: [(OutboundLine(.nick, trailing: TrailingParameter(nick)), "")])
        if regain?.attempted(now: now) != true { regain = nil }
    }
}
