import Basics

/// The limits of what others can make us do.
struct EventLimits: Sendable {
    /// Limits the invitations of others that the user is shown.
    private var invitations = TokenBucket(burst: 10, perSecond: 0.2)
    /// The channels that have refused to let us in, oldest first, until somebody invites us.
    private var closedChannels: [FoldedName] = []
    private static let mostClosedChannels = 50
    /// Limits the NICK lines that change several channels: counts each of these channels.
    var renames = TokenBucket(burst: 5_000, perSecond: 100)
    /// Limits the answers to CTCP requests.
    var ctcpAnswers = TokenBucket(burst: 3, perSecond: 0.1)

    /// Remembers that a channel has refused to let us in.
    mutating func entryRefused(to channel: FoldedName) {
        closedChannels.removeAll { $0 == channel }
        if closedChannels.count >= Self.mostClosedChannels { closedChannels.removeFirst() }
        closedChannels.append(channel)
    }

    /// Whether an invitation to a channel is shown. The user may wait for one to a channel that has refused to let us in,
    /// so the first one to it does not count, and a flood of others cannot hide it.
    mutating func takesInvitation(to channel: FoldedName, now: UInt64) -> Bool {
        if let index = closedChannels.firstIndex(of: channel) {
            closedChannels.remove(at: index)
            return true
        }
        return invitations.take(now: now)
    }
}
