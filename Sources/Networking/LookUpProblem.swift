/// The reason why the look-up of a name failed, although the name may exist.
package enum LookUpProblem: Sendable, Equatable {
    /// No name server gave an answer in time.
    case timedOut
    /// The name servers answered that they failed (SERVFAIL), or sent something that is not an answer.
    case serverFailed(reason: String)
    /// The name server does not serve this machine (REFUSED).
    case refused
    /// No name server took the query: none is configured, or none runs there.
    case noServer
    /// This process has reached its limit of open files and connections.
    case tooManyOpenFiles
    /// The largest allowed number of names already waits for this user.
    case tooMany
    /// The look-up was cancelled, or the resolver is closed.
    case cancelled
}
