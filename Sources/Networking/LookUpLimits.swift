/// How many names may be looked up at once, for whom, and for how long.
package struct LookUpLimits: Sendable, Hashable {
    /// Names of one user that are being looked up at the same time, at least 1. The others wait.
    package var perUser = 2
    /// Names of one user that may wait. One more is refused.
    package var waitingPerUser = 50
    /// Names of everybody that are being looked up at the same time. Each holds a socket and about 80 KB.
    package var total = 256
    /// How many of `total` are kept for names of the configuration.
    package var reserved = 32
    /// The time for one name from its first query, with all name servers and repetitions. Half of a dial's timeout (20 s):
    /// a second look-up still fits, and the dial fails with the look-up's own error.
    package var time = Duration.seconds(10)

    package init() {}

    var totalForUsers: Int { max(total - reserved, 1) }
}
