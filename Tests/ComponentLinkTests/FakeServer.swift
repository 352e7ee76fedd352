import NIOCore
import NIOPosix
import NIOSSL
import TestCertificates
import Testing
import XML
import XMPP

/// An XMPP server for components on a free loopback port. The test plays the server, connection by connection.
final class FakeServer {
    private let channel: any Channel
    private var connections: AsyncStream<Peer>.Iterator

    private init(channel: any Channel, connections: AsyncStream<Peer>) {
        self.channel = channel
        self.connections = connections.makeAsyncIterator()
    }

    /// - Parameters:
    ///   - tls: for TLS from the first byte.
    ///   - isDeaf: whether everything that the component sends is ignored.
    static func start(
        port: Int = 0, tls: NIOSSLContext? = nil, isDeaf: Bool = false
    ) async throws -> FakeServer {
        let (connections, continuation) = AsyncStream<Peer>.makeStream()
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let (events, toEvents) = AsyncStream<StreamEvent>.makeStream()
                    if isDeaf { try channel.pipeline.syncOperations.addHandler(DeafHandler()) }
                    if let tls { try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls)) }
                    try channel.pipeline.syncOperations.addHandler(PeerHandler(toEvents))
                    continuation.yield(Peer(channel: channel, events: events))
                }
            }
            .bind(host: "127.0.0.1", port: port).get()
        return FakeServer(channel: channel, connections: connections)
    }

    var port: Int { channel.localAddress?.port ?? 0 }

    /// Returns the component's next connection.
    func accept() async throws -> Peer { try #require(await connections.next()) }

    /// Returns the component's next connection, after a handshake that succeeds.
    func open() async throws -> Peer {
        let peer = try await accept()
        try await peer.authenticate()
        return peer
    }

    func stop() async throws { try await channel.close() }
}

/// One connection of the component, seen from the server.
final class Peer: Sendable {
    let channel: any Channel
    private let events: AsyncStream<StreamEvent>

    init(channel: any Channel, events: AsyncStream<StreamEvent>) {
        self.channel = channel
        self.events = events
    }

    /// The next event from the component; nil when it has closed the connection.
    func next() async -> StreamEvent? {
        for await event in events { return event }
        return nil
    }

    /// The next stanza or other child of the stream.
    func nextElement() async throws -> Element {
        let event = await next()
        guard case .element(let element)? = event else { throw Unexpected(event: event) }
        return element
    }

    @discardableResult
    func send(_ text: String) -> EventLoopFuture<Void> {
        let written = channel.eventLoop.makePromise(of: Void.self)
        channel.writeAndFlush(ByteBuffer(string: text), promise: written)
        return written.futureResult
    }

    func send(_ bytes: [UInt8]) { channel.writeAndFlush(ByteBuffer(bytes: bytes), promise: nil) }

    /// Sends text one byte at a time, each in a segment of its own as far as the network allows.
    func trickle(_ text: String) async throws {
        for byte in text.utf8 { try await channel.writeAndFlush(ByteBuffer(bytes: [byte])) }
    }

    /// Takes the component's header and answers it.
    ///
    /// - Parameters:
    ///   - version: announces features.
    ///   - rest: follows the header in the same write.
    @discardableResult
    func header(id: String = "stream-1", version: String? = nil, _ rest: String = "") async throws -> Element {
        let first = await next()
        guard case .opened(let header)? = first else { throw Unexpected(event: first) }
        #expect(header[attribute: "to"] == "irc.test")
        let version = version.map { " version='\($0)'" } ?? ""
        send(
            "<?xml version='1.0'?><stream:stream xmlns='jabber:component:accept'"
                + " xmlns:stream='http://etherx.jabber.org/streams' from='irc.test' id='\(id)'\(version)>\(rest)")
        return header
    }

    /// Offers STARTTLS, and consents to it.
    func consentToTLS(_ context: NIOSSLContext, offer: String = Peer.offer) async throws {
        try await header(id: "plain", version: "1.0", offer)
        #expect(try await nextElement() == StartTLS.request.element)
        try await startTLS(context)
    }

    static let offer =
        "<stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/></stream:features>"
    static let consent = "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"

    /// Sends the consent to STARTTLS, and expects TLS.
    func startTLS(_ context: NIOSSLContext) async throws {
        try await channel.eventLoop.submit { [channel] in
            channel.writeAndFlush(ByteBuffer(string: Peer.consent), promise: nil)
            try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context), position: .first)
            try channel.pipeline.syncOperations.handler(type: PeerHandler.self).restart()
        }.get()
    }

    func authenticate(secret: String = "harbour", streamID: String = "stream-1") async throws {
        try await header(id: streamID)
        let handshake = try await nextElement()
        #expect(handshake == ComponentHandshake(streamID: streamID, secret: secret).element)
        send("<handshake/>")
    }

    /// Ignores all further bytes of the component, such as those of TLS.
    func stopListening() async throws {
        try await channel.eventLoop.submit { [channel] in
            try channel.pipeline.syncOperations.addHandler(DeafHandler(), position: .first)
        }.get()
    }

    func streamError(_ condition: String) {
        send(
            "<stream:error><\(condition) xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error></stream:stream>")
    }

    /// Returns a ping to the component that sent it to itself, as servers do.
    func bounce(_ ping: Element) {
        var writer = XMLWriter()
        writer.write(ping, defaultNamespace: Stanza.namespace)
        send(writer.bytes)
    }

    struct Unexpected: Error {
        /// Nil for the end of the connection.
        let event: StreamEvent?
    }
}

/// Parses the bytes from the component.
private final class PeerHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let events: AsyncStream<StreamEvent>.Continuation
    private var parser = makeParser()

    private static func makeParser() -> StreamParser {
        StreamParser(limits: XMLLimits(), contentNamespaces: ["jabber:component:accept": "jabber:client"])
    }

    /// Expects a new stream.
    func restart() { parser = Self.makeParser() }

    init(_ events: AsyncStream<StreamEvent>.Continuation) { self.events = events }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        unwrapInboundIn(data).withUnsafeReadableBytes { bytes in
            do {
                try parser.push(bytes) { events.yield($0) }
            } catch {
                Issue.record("the component sent bad XML: \(error)")
            }
        }
    }

    func channelInactive(context: ChannelHandlerContext) { events.finish() }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}

/// Drops everything that is read.
private final class DeafHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {}
}

extension NIOSSLContext {
    /// A server with that certificate.
    ///
    /// - Parameter client: the certificate that clients have to show; nil if they need none.
    static func server(
        _ certificate: TestCertificate, client: TestCertificate? = nil, newest: TLSVersion? = nil
    ) throws -> NIOSSLContext {
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: try NIOSSLCertificate.fromPEMFile(certificate.path).map { .certificate($0) },
            privateKey: .privateKey(try NIOSSLPrivateKey(file: certificate.keyPath, format: .pem)))
        configuration.maximumTLSVersion = newest
        if let client {
            configuration.certificateVerification = .noHostnameVerification
            configuration.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(client.path))
        }
        return try NIOSSLContext(configuration: configuration)
    }
}
