import Basics
import Networking
import XML
import XMPP

/// The settings of one component stream.
package struct ComponentSettings: Sendable {
    /// The component's own address: its domain, prepared.
    package let address: JID
    /// The host and port at which the XMPP server accepts components.
    package let server: Endpoint
    /// Further addresses of the server, or of other servers of its domain, in order of preference. They are tried when
    /// `server` fails.
    package var alternatives: [Endpoint] = []
    package let secret: Secret
    /// The place of this gateway in the configuration, such as `gateways.irc.example.org`: log lines point to it.
    package let configurationPath: String
    package var encryption = StreamEncryption()
    package var xmlLimits = XMLLimits()
    package var timing = LinkTiming()
    /// The number of bytes that may wait for the server. Beyond it `send` refuses stanzas.
    package var maxOutboundBytes = 8_388_608
    /// The number of bytes that may wait for the server before reading from it stops. Reading goes on when half of them
    /// have been sent.
    package var slowOutboundBytes = 1_048_576
    /// The greatest number of bytes of one stanza that we send. For a stanza beyond 512 KiB, Prosody ends the stream of
    /// a component (`component_stanza_size_limit`).
    package var maxSentStanzaBytes = 500_000
    /// The number of queries that may wait for an answer at once.
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

/// The deadlines and intervals of a component stream.
package struct LinkTiming: Sendable, Equatable {
    /// How long the TCP connection may take to open, with TLS if that comes first.
    package var connect: Duration = .seconds(10)
    /// How long the server may take to send its header, and then again to answer the handshake.
    package var handshake: Duration = .seconds(15)
    /// How long a server that has announced features (`version='1.0'`) may take to send them.
    package var features: Duration = .seconds(5)
    /// How long to wait for a stream error after a header that cannot be used. The error tells the reason better.
    package var streamError: Duration = .milliseconds(500)
    /// How long STARTTLS may take from the decision for it to the end of the TLS handshake.
    package var startTLS: Duration = .seconds(15)
    /// How long each of these steps may take at most, if the server has several addresses (`ServerTurns.mustHurry`).
    package var hurry: Duration = .seconds(3)
    /// How long the server may take to end the stream after we have ended it.
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
