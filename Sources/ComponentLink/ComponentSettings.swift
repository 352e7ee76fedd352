import Basics
import Networking
import XML
import XMPP

/// What one component stream needs to know.
package struct ComponentSettings: Sendable {
    /// The component's own address: its domain, prepared.
    package let address: JID
    /// Where the XMPP server takes components.
    package let server: Endpoint
    package let secret: Secret
    /// Where in the configuration this gateway stands, such as `gateways.irc.example.org`: log lines point there.
    package let configurationPath: String
    package var tls = TLSMode.plain
    package var xmlLimits = XMLLimits()
    package var timing = LinkTiming()
    /// Bytes that may wait for the server to take them; beyond it `send` refuses.
    package var maxOutboundBytes = 8_388_608
    /// Bytes waiting beyond which nothing more is read from the server until half of them have gone.
    package var slowOutboundBytes = 1_048_576
    /// Bytes of one stanza that we send. Prosody ends the stream of a component for one beyond 512 KiB
    /// (`component_stanza_size_limit`).
    package var maxSentStanzaBytes = 500_000
    /// Queries that may wait for an answer at once.
    package var maxPendingQueries = 10_000

    package var domain: String { address.domain }

    /// - Throws: `JIDError` if `domain` is no domain.
    package init(
        domain: String, server: Endpoint, secret: Secret, configurationPath: String = "gateway"
    ) throws(JIDError) {
        self.address = try JID(local: nil, domain: domain)
        self.server = server
        self.secret = secret
        self.configurationPath = configurationPath
    }
}

/// How long a component stream waits for what.
package struct LinkTiming: Sendable, Equatable {
    /// For the TCP connection.
    package var connect: Duration = .seconds(10)
    /// For the server's header and its answer to the handshake, together.
    package var handshake: Duration = .seconds(15)
    /// For the server's end of the stream after ours.
    package var close: Duration = .seconds(2)
    /// How long the server may be quiet before it gets a ping, and whitespace after that.
    package var keepalive: Duration = .seconds(60)
    /// How long it may be quiet after that ping before the link counts as dead.
    package var silence: Duration = .seconds(180)
    /// Waits between attempts to connect, before jitter.
    package var firstRetry: Duration = .seconds(1)
    package var slowestRetry: Duration = .seconds(30)
    /// A link that was open for that long starts over with the first wait.
    package var steady: Duration = .seconds(30)

    package init() {}
}
