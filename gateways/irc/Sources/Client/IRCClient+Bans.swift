import GatewayKit
import NIOCore

/// Kicks that follow a ban. IRC bans and kicks with two lines; XMPP shows them as one event (XEP-0045 §9.1).
extension IRCClient {
    /// The bans of the latest MODE line of a channel that has set some.
    struct RecentBans {
        let masks: [HostMask]
        let author: FoldedName
        let setAt: NIODeadline
    }

    /// How long after a ban a kick by the same person belongs to it.
    private static let banTime = TimeAmount.seconds(10)

    /// Notes the bans that a MODE line sets.
    func noteBans(_ changes: [ModeChange], by author: String, in channel: IRCChannel, now: NIODeadline) {
        let bans = changes.filter { $0.adding && $0.mode == UInt8(ascii: "b") }
        guard !bans.isEmpty, support.modes.lists.contains(UInt8(ascii: "b")) else { return }
        let masks = bans.compactMap { $0.parameter.flatMap { HostMask($0) } }
        channel.recentBans = RecentBans(masks: masks, author: fold(author), setAt: now)
    }

    /// Whether a KICK carries out the ban that its author has just set. The user name and host are known only of us. One
    /// ban explains one kick.
    func takesBan(_ nick: String, by author: String, in channel: IRCChannel?, now: NIODeadline) -> Bool {
        guard let channel, let bans = channel.recentBans, bans.author == fold(author),
            now <= bans.setAt + IRCClient.banTime
        else { return false }
        let isUs = isOwn(nick)
        let isMeant = bans.masks.contains {
            $0.matches(
                nick: nick, user: isUs ? identity.user : nil, host: isUs ? identity.host : nil, support.caseMapping)
        }
        if isMeant { channel.recentBans = nil }
        return isMeant
    }
}
