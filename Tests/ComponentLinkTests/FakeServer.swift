import NIOCore
import NIOPosix
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

    static func start(port: Int = 0) async throws -> FakeServer {
        let (connections, continuation) = AsyncStream<Peer>.makeStream()
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let (events, toEvents) = AsyncStream<StreamEvent>.makeStream()
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
        guard case .element(let element)? = await next() else { throw Unexpected() }
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

    func header(id: String = "stream-1") async throws {
        guard case .opened(let header)? = await next() else { throw Unexpected() }
        #expect(header[attribute: "to"] == "irc.test")
        send(
            "<?xml version='1.0'?><stream:stream xmlns='jabber:component:accept'"
                + " xmlns:stream='http://etherx.jabber.org/streams' from='irc.test' id='\(id)'>")
    }

    func authenticate(secret: String = "harbour") async throws {
        try await header(id: "stream-1")
        let handshake = try await nextElement()
        #expect(handshake == ComponentHandshake(streamID: "stream-1", secret: secret).element)
        send("<handshake/>")
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

    struct Unexpected: Error {}
}

/// Parses the bytes from the component.
private final class PeerHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let events: AsyncStream<StreamEvent>.Continuation
    private let parser = StreamParser(
        limits: XMLLimits(), contentNamespaces: ["jabber:component:accept": "jabber:client"])

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
