import Basics

/// The limits of one `HTTPClient`.
package struct HTTPClientLimits: Sendable {
    /// The longest time from the first look-up of the host's name to the end of the TLS handshake.
    package var connectTimeout: Duration = .seconds(5)
    /// The longest time from the start of the transfer to the last byte of the answer.
    package var totalTimeout: Duration = .seconds(30)
    /// The largest number of bytes of an answer's body. A longer body is a failure.
    package var responseBodyBytes = 1_048_576
    /// The largest number of bytes of all header lines of an answer together.
    package var responseHeaderBytes = 65_536
    /// The largest number of transfers at one time. Further requests wait in order.
    package var transfersInFlight = 256
    /// The largest number of transfers to one server (scheme, host and port) at one time, so that a slow server does
    /// not delay requests to others.
    package var transfersPerServer = 64
    /// The largest number of requests that wait for a transfer. Further requests are refused as `overloaded`.
    package var waitingRequests = 10_000
    /// The longest idle time after which a connection is used again. Servers close idle connections after 5 s or more.
    /// A request on a connection that the server is closing has an unknown outcome.
    package var connectionReuse: Duration = .seconds(4)

    /// Whether the client may connect to an address; nil allows all. It is asked with the address of the connection,
    /// after the look-up of the host's name.
    package var allowsAddress: (@Sendable (IPAddress) -> Bool)?

    package init() {}
}
