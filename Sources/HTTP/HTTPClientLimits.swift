/// What one `HTTPClient` spends at most.
package struct HTTPClientLimits: Sendable {
    /// From the first look-up of the name to the end of the TLS handshake.
    package var connectTimeout: Duration = .seconds(5)
    /// From the start of the transfer to the last byte of the answer.
    package var totalTimeout: Duration = .seconds(30)
    /// A longer answer is a failure.
    package var responseBodyBytes = 1_048_576
    /// All header lines of an answer together.
    package var responseHeaderBytes = 65_536
    /// Transfers at one time; the rest waits in order.
    package var transfersInFlight = 256
    /// Of these, to one server (scheme, host and port): a slow one does not hold up the others.
    package var transfersPerServer = 64
    /// Requests that may wait for a transfer to end; more are refused as `overloaded`.
    package var waitingRequests = 10_000
    /// A connection idle for longer is not used again: servers close theirs after 5 s and more, and a request that
    /// meets the closing has an unknown outcome.
    package var connectionReuse: Duration = .seconds(4)

    package init() {}
}
