/// What one `WebhookListener` spends at most on its clients.
package struct WebhookLimits: Sendable {
    /// A longer body is refused with 413 as soon as that is known.
    package var bodyBytes = 1_048_576
    /// All header fields of a request together; more is refused with 400 or the connection closed.
    package var headerBytes = 16_384
    package var headerFields = 100
    /// From the connection, or the end of the last answer, to the end of the next request's header. Then it is closed.
    package var idle: Duration = .seconds(30)
    /// From the end of the header to the end of the body. Then 408.
    package var body: Duration = .seconds(15)
    /// For the handler. Then 503, and what it answers later is dropped.
    package var answer: Duration = .seconds(10)
    /// How long a refused client may take to read the answer and close.
    package var linger: Duration = .seconds(2)
    /// Open connections. Past that, one that waits for a request makes room for a better caller, or the new one is
    /// closed.
    package var connections = 1_000
    /// Open connections of one IPv4 address or one /64 of IPv6. Those of `trustedProxies` count for the address whose
    /// request they carry.
    package var connectionsPerAddress = 100
    /// Of `connections`, those for addresses from which a call has been verified before. Nil: a tenth.
    package var reserve: Int?
    /// How many such addresses are remembered, and for how long after their last verified call.
    package var knownCallers = 1_024
    package var knownFor: Duration = .seconds(7 * 86_400)
    /// Proxies that say for whom they call.
    package var trustedProxies = TrustedProxies()

    package init() {}

    var reservedConnections: Int { min(reserve ?? connections / 10, connections) }
}
