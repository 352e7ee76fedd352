/// The limits on the number and the time of look-ups.
package struct LookUpLimits: Sendable, Hashable {
    /// The largest number of names of one user that are looked up at the same time; at least 1. Further names wait.
    package var perUser = 2
    /// The largest number of names of one user that wait. Further names are refused.
    package var waitingPerUser = 50
    /// The largest number of names that are looked up at the same time, both of users and of the configuration. Each
    /// needs a socket and about 80 KB.
    package var total = 256
    /// How many look-ups out of `total` are reserved for names of the configuration.
    package var reserved = 32
    /// The longest time for one name from its first query, including all name servers and repetitions. It is half of
    /// the timeout of a dial (20 s). So there is time for a second look-up, and the dial fails with the error of the
    /// look-up.
    package var time = Duration.seconds(10)

    package init() {}

    var totalForUsers: Int { max(total - reserved, 1) }
}
