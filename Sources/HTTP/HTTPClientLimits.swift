/// The limits of one `HTTPClient`.
package struct HTTPClientLimits: Sendable {
    /// From the first look-up of the host's name to the end of the TLS handshake.
    package var connectTimeout: Duration = .seconds(5)
    /// From the start of the transfer to the last byte of the answer.
    package var totalTimeout: Duration = .seconds(30)
    /// Bytes of an answer's body. A longer body is a failure.
    package var responseBodyBytes = 1_048_576
    /// Bytes of all header lines of an answer together.
    package var responseHeaderBytes = 65_536
    /// Transfers at one time; further requests wait in order.
    package var transfersInFlight = 256
    /// Transfers at one time to one server (scheme, host and port), so that a slow server does not hold up the others.
    package var transfersPerServer = 64
    /// Requests that may wait for a transfer; further requests are refused as `overloaded`.
    package var waitingRequests = 10_000
    /// A connection that has been idle for longer is not used again. Servers close theirs after 5 s or more, and a
    /// request that meets the closing has an unknown outcome.
    package var connectionReuse: Duration = .seconds(4)

    package init() {}
}
