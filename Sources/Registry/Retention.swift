/// How long things are kept and how late a report may come.
package enum Retention {
    /// Entries that are no longer on their way, since their last change.
    package static let finishedOutbound: Duration = .seconds(14 * 86_400)
    /// Inbound messages that the home server has: their keys, by which repeats are recognised, and their ids.
    package static let deduplication: Duration = .seconds(7 * 86_400)
    /// Ended messages of each direction, over all gateways. The newest are kept.
    package static let ledgerRows = 1_000_000
    /// Peers that nobody has heard of.
    package static let peers: Duration = .seconds(365 * 86_400)
    /// Unique values that their users have given up. No quarantine can be longer.
    package static let freedValues: Duration = .seconds(3_660 * 86_400)
    /// After an unknown outcome, a report of any kind.
    package static let lateReport: Duration = .seconds(7 * 86_400)
    /// After a failure that the sender was told, a report that it did arrive.
    package static let lateSuccess: Duration = .seconds(86_400)
}
