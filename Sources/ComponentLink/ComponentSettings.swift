import Basics
import Networking
import XML
import XMPP

/// The settings of one component stream.
package struct ComponentSettings: Sendable {
    /// The component's own address: its domain, prepared.
    package let address: JID
    /// Where the XMPP server takes components.
    package let server: Endpoint
    package let secret: Secret
    /// The place of this gateway in the configuration, such as `gateways.irc.example.org`: log lines point to it.
    package let configurationPath: String
    package var tls = TLSMode.plain
    package var xmlLimits = XMLLimits()
    package var timing = LinkTiming()
    /// Bytes that may wait for the server. Beyond this number `send` refuses.
    package var maxOutboundBytes = 8_388_608
    /// Bytes that may wait for the server before reading from it stops. Reading goes on when half of them have gone.
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

/// The waiting times of a component stream.
package struct LinkTiming: Sendable, Equatable {
    /// For the TCP connection to open.
    package var connect: Duration = .seconds(10)
    /// For the server's header and its answer to the handshake, both together.
    package var handshake: Duration = .seconds(15)
    /// For the server to end the stream after we have ended it.
    package var close: Duration = .seconds(2)
    /// How long the server may be quiet before it gets a ping, and between whitespace after that ping.
    package var keepalive: Duration = .seconds(60)
    /// How long the server may be quiet after that ping before the link counts as dead.
    package var silence: Duration = .seconds(180)
    /// The first and the longest wait between attempts to connect, before jitter.
    package var firstRetry: Duration = .seconds(1)
    package var slowestRetry: Duration = .seconds(30)
    /// If a link was open for that long, the next wait is the first one again.
    package var steady: Duration = .seconds(30)

    package init() {}
}
