/// Finds the channels of a connection in which a person is.
///
/// A line such as QUIT, AWAY or ACCOUNT concerns all of them. Most connections have few channels, which are looked
/// through one by one. The index exists only on a connection with many, so that others spend no memory on it.
struct ChannelIndex {
    /// A connection with more channels than this gets the index. One with less than half of it loses the index again.
    /// Between the two numbers nothing changes, so that a connection at the limit does not build the index repeatedly.
    let most: Int

    /// The channels of one person, the oldest entry first. Most people share one channel with the user.
    private enum Entry {
        case one(IRCChannel)
        case several([IRCChannel])
    }

    /// Nil on a connection with few channels.
    private var entries: [FoldedName: Entry]?

    init(most: Int = 16) { self.most = most }

    var isBuilt: Bool { entries != nil }

    /// The channels in which the person is.
    ///
    /// - Parameter all: all channels of the connection. They are looked through if there is no index.
    func channels(of name: FoldedName, among all: some Sequence<IRCChannel>) -> [IRCChannel] {
        guard let entries else { return all.filter { $0.members[name] != nil } }
        return switch entries[name] {
        case nil: []
        case .one(let channel): [channel]
        case .several(let channels): channels
        }
    }

    /// Makes the index if the connection has many channels now, and drops it if it has few. Call it when a channel has
    /// been added or removed.
    mutating func adapt(to all: some Collection<IRCChannel>) {
        if all.count < most / 2 { entries = nil }
        guard entries == nil, all.count > most else { return }
        entries = [:]
        for channel in all { for name in channel.members.keys { add(channel, of: name) } }
    }

    /// Forgets all channels.
    mutating func removeAll() { entries = nil }

    /// Notes that a person, who was not in a channel before, is in it.
    mutating func add(_ channel: IRCChannel, of name: FoldedName) {
        guard entries != nil else { return }
        switch entries?[name] {
        case nil: entries?[name] = .one(channel)
        case .one(let first): entries?[name] = .several([first, channel])
        case .several(var channels):
            // The dictionary lets go of the list, so that it grows without a copy.
            entries?[name] = nil
            channels.append(channel)
            entries?[name] = .several(channels)
        }
    }

    /// Notes that a person is not in a channel any more. Returns whether the index has no channel of the person now;
    /// false without an index.
    mutating func remove(_ channel: IRCChannel, of name: FoldedName) -> Bool {
        guard let entry = entries?[name] else { return false }
        guard case .several(var channels) = entry else {
            entries?[name] = nil
            return true
        }
        entries?[name] = nil
        channels.removeAll { $0 === channel }
        entries?[name] = channels.count == 1 ? .one(channels[0]) : .several(channels)
        return false
    }
}
