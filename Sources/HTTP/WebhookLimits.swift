/// The limits of one `WebhookListener` for its clients.
package struct WebhookLimits: Sendable {
    /// The largest number of bytes of a body. A longer body is refused with 413 as soon as its length is known.
    package var bodyBytes = 1_048_576
    /// The largest number of bytes of all header fields of a request together. A request with more is refused with 400,
    /// or its connection is closed.
    package var headerBytes = 16_384
    /// The largest number of header fields of a request.
    package var headerFields = 100
    /// The longest time from the opening of the connection, or the end of the last answer, to the end of the next
    /// request's header. Then the connection is closed. The same time is the longest for a client to take a piece of a
    /// file.
    package var idle: Duration = .seconds(30)
    /// The longest time from the end of the header to the end of the body. Then the client gets 408.
    package var body: Duration = .seconds(15)
    /// The longest time for the handler to answer. Then the client gets 503, and a later answer is dropped.
    package var answer: Duration = .seconds(10)
    /// The longest time for a refused client to read the answer and close.
    package var linger: Duration = .seconds(2)
    /// The largest number of open connections. When all are taken, either a waiting connection is closed to make room,
    /// or the new connection is refused.
    package var connections = 1_000
    /// The largest number of open connections of one IPv4 address or one IPv6 /64. A connection of `trustedProxies`
    /// counts for the address whose request it carries.
    package var connectionsPerAddress = 100
    /// How many of the `connections` are reserved for known callers: addresses from which a call has been verified. Nil
    /// means a tenth.
    package var reserve: Int?
    /// How many known callers the listener remembers.
    package var knownCallers = 1_024
    /// How long a caller stays known after its last verified call.
    package var knownFor: Duration = .seconds(7 * 86_400)
    /// The proxies whose headers with the caller's address are believed.
    package var trustedProxies = TrustedProxies()

    package init() {}

    var reservedConnections: Int { min(reserve ?? connections / 10, connections) }
}
