/// Why a name could not be looked up although it may exist.
package enum LookUpProblem: Sendable, Equatable {
    /// No name server gave an answer in time.
    case timedOut
    /// The name servers answered that they cannot tell (SERVFAIL), or with what is no answer.
    case serverFailed(reason: String)
    /// The name server does not serve this machine (REFUSED).
    case refused
    /// No name server took the query: none is configured, or none runs there.
    case noServer
    /// This process has as many files and connections open as it may.
    case tooManyOpenFiles
    /// As many names wait for this user as may.
    case tooMany
    /// Nobody wants to know any more, or the resolver is closed.
    case cancelled
}
