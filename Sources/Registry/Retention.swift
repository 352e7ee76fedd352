/// How long the store keeps rows, and how late it accepts a report.
package enum Retention {
    /// How long outbound entries stay after their last change, once they are neither `waiting` nor `handing`.
    package static let finishedOutbound: Duration = .seconds(14 * 86_400)
    /// How long inbound entries that the XMPP server has stay after their arrival. The core recognises repeats by their
    /// keys for so long.
    package static let deduplication: Duration = .seconds(7 * 86_400)
    /// How many rows each direction of the ledger keeps, over all gateways. `Prune` deletes older entries that have
    /// ended.
    package static let ledgerRows = 1_000_000
    /// How long peers stay after `PeerRecord.lastSeen`.
    package static let peers: Duration = .seconds(365 * 86_400)
    /// How long the mark of a network's greeting stays after the greeting has come. After that the user sees it again.
    package static let greetings: Duration = .seconds(365 * 86_400)
    /// How long the record of an operator's command stays.
    package static let operatorActs: Duration = .seconds(400 * 86_400)
    /// How long unique values stay after their users have given them up. No quarantine can be longer.
    package static let freedValues: Duration = .seconds(3_660 * 86_400)
    /// How long after an unknown outcome a report of delivery or failure still counts.
    package static let lateReport: Duration = .seconds(7 * 86_400)
    /// How long after a failure a report of delivery still counts.
    package static let lateSuccess: Duration = .seconds(86_400)
}
