import GatewayKit

extension IRCClient {
    /// Sorts channels and members into their tables by the current case mapping. Call this when the mapping has
    /// changed. Two names can become equal. Then one entry is kept, and the other is reported as left or failed.
    mutating func foldNamesAgain() {
        tellAllReturned()
        applyHeldDetails()
        returning.foldAgain(support.caseMapping)
        news.foldAgain(support.caseMapping)
        memberQueries.foldAgain(support.caseMapping)
        outbox.foldAgain(support.caseMapping)
        peers.foldAgain(support.caseMapping)
        profiles.foldAgain(support.caseMapping)
        let all = channels.values.sorted { $0.isJoined == $1.isJoined ? $0.name < $1.name : $0.isJoined }
        channels = [:]
        channelIndex.removeAll()
        for channel in all {
            let folded = fold(channel.name)
            if let kept = channels[folded] {
                drop(channel, for: kept)
            } else {
                channels[folded] = channel
                foldMembersAgain(of: channel)
            }
        }
        channelIndex.adapt(to: channels.values)
    }

    private mutating func drop(_ channel: IRCChannel, for kept: IRCChannel) {
        memberCount -= channel.members.count
        let words = "\(channel.name) and \(kept.name) are one channel on this network; only one address can be used."
        fail(channel.waiting, Failure(.conflict, words))
        if channel.isJoined || channel.waiting.isEmpty { emit(.room(channel.address, .left(.left(reason: words)))) }
    }

    private mutating func foldMembersAgain(of channel: IRCChannel) {
        let own = channel.members.values.filter { $0.nick == identity.nick }
        let others = channel.members.values.filter { $0.nick != identity.nick }.sorted { $0.nick < $1.nick }
        channel.members = [:]
        for member in own + others {
            let folded = fold(member.nick)
            if channel.members[folded] == nil {
                channel.members[folded] = member
            } else {
                memberCount -= 1
                if channel.isJoined {
                    emit(.room(channel.address, .occupantLeft(nick: member.nick, .quit(reason: nil))))
                }
            }
        }
    }
}
