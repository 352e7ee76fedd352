import GatewayKit

/// The members of our channels. Only these functions add and remove members, so that `memberCount` and `channelIndex`
/// hold.
extension IRCClient {
    /// The channels in which somebody with this nick is.
    func channels(of name: FoldedName) -> [IRCChannel] { channelIndex.channels(of: name, among: channels.values) }

    /// Adds a channel without members.
    mutating func add(_ channel: IRCChannel, as folded: FoldedName) {
        channels[folded] = channel
        channelIndex.adapt(to: channels.values)
    }

    /// Adds a member to a channel, or replaces the one with that name.
    mutating func insert(_ member: IRCChannel.Member, as name: FoldedName, in channel: IRCChannel) {
        guard channel.members.updateValue(member, forKey: name) == nil else { return }
        memberCount += 1
        channelIndex.add(channel, of: name)
    }

    /// Removes and returns a member; nil if there is none with that name.
    mutating func takeMember(_ name: FoldedName, from channel: IRCChannel) -> IRCChannel.Member? {
        guard let member = channel.members.removeValue(forKey: name) else { return nil }
        memberCount -= 1
        if channelIndex.remove(channel, of: name) { news.forget(name) }
        return member
    }

    /// Removes a channel and its members from the tables.
    mutating func removeChannel(_ folded: FoldedName) -> IRCChannel? {
        guard let channel = channels.removeValue(forKey: folded) else { return nil }
        memberCount -= channel.members.count
        if channelIndex.isBuilt {
            for name in channel.members.keys where channelIndex.remove(channel, of: name) { news.forget(name) }
            channelIndex.adapt(to: channels.values)
        }
        return channel
    }
}
