/// Limits of how many names may be looked up at once, for whom, and for how long.
package struct LookUpLimits: Sendable, Hashable {
    /// Names of one user that are being looked up at the same time, at least 1. Further names wait.
    package var perUser = 2
    /// Names of one user that may wait. Further names are refused.
    package var waitingPerUser = 50
    /// Names of all users and of the configuration that are being looked up at the same time. Each needs a socket and
    /// about 80 KB.
    package var total = 256
    /// Places out of `total` that are kept for names of the configuration.
    package var reserved = 32
    /// The time for one name from its first query, including all name servers and repetitions. It is half of the
    /// timeout of a dial (20 s), so that a second look-up fits, and the dial fails with the error of the look-up.
    package var time = Duration.seconds(10)

    package init() {}

    var totalForUsers: Int { max(total - reserved, 1) }
}
