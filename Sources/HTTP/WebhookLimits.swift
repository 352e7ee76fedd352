/// The limits of one `WebhookListener` for its clients.
package struct WebhookLimits: Sendable {
    /// Bytes of a body. A longer body is refused with 413 as soon as its length is known.
    package var bodyBytes = 1_048_576
    /// Bytes of all header fields of a request together. A request with more is refused with 400, or its connection is
    /// closed.
    package var headerBytes = 16_384
    package var headerFields = 100
    /// From the opening of the connection, or the end of the last answer, to the end of the next request's header.
    /// Then the connection is closed.
    package var idle: Duration = .seconds(30)
    /// From the end of the header to the end of the body. Then the client gets 408.
    package var body: Duration = .seconds(15)
    /// For the handler to answer. Then the client gets 503, and a later answer is dropped.
    package var answer: Duration = .seconds(10)
    /// For a refused client to read the answer and close.
    package var linger: Duration = .seconds(2)
    /// Open connections. When all are taken, either a waiting connection is closed to make room, or the new connection
    /// is refused.
    package var connections = 1_000
    /// Open connections of one IPv4 address or one /64 of IPv6. A connection of `trustedProxies` counts for the
    /// address whose request it carries.
    package var connectionsPerAddress = 100
    /// Connections out of `connections` that only addresses may use from which a call has been verified before. Nil: a
    /// tenth.
    package var reserve: Int?
    /// How many such addresses are remembered, and for how long after their last verified call.
    package var knownCallers = 1_024
    package var knownFor: Duration = .seconds(7 * 86_400)
    /// Proxies from which a header with the caller's address is believed.
    package var trustedProxies = TrustedProxies()

    package init() {}

    var reservedConnections: Int { min(reserve ?? connections / 10, connections) }
}
