import Basics

/// The limits of what others can make us do.
struct EventLimits: Sendable {
    /// Limits the invitations of others that the user is shown.
    var invitations = TokenBucket(burst: 10, perSecond: 0.2)
    /// Limits the NICK lines that change several channels: counts each of these channels.
    var renames = TokenBucket(burst: 5_000, perSecond: 100)
    /// Limits the answers to CTCP requests.
    var ctcpAnswers = TokenBucket(burst: 3, perSecond: 0.1)
}
