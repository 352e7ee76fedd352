import ComponentLink
import NIOCore
import NIOPosix
import Testing
import XML
import XMPP

/// An XMPP server for one component on a free loopback port. The test plays the server, connection by connection.
final class LoopbackServer {
    private let channel: any Channel
    private var connections: AsyncStream<ServerEnd>.Iterator

    private init(channel: any Channel, connections: AsyncStream<ServerEnd>) {
        self.channel = channel
        self.connections = connections.makeAsyncIterator()
    }

    static func start() async throws -> LoopbackServer {
        let (connections, continuation) = AsyncStream<ServerEnd>.makeStream()
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let (elements, toElements) = AsyncStream<Element>.makeStream()
                    try channel.pipeline.syncOperations.addHandler(ServerEndHandler(toElements))
                    continuation.yield(ServerEnd(channel: channel, elements: elements))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        return LoopbackServer(channel: channel, connections: connections)
    }

    var port: Int { channel.localAddress?.port ?? 0 }

    /// Returns the component's next connection, after a handshake that succeeds.
    func open() async throws -> ServerEnd {
        let end = try #require(await connections.next())
        guard try await end.next().name == "handshake" else { throw ServerEnd.Unexpected() }
        end.send("<handshake/>")
        return end
    }

    func stop() async throws { try await channel.close() }
}

/// One connection of the component, seen from the server.
final class ServerEnd: Sendable {
    let channel: any Channel
    private let elements: AsyncStream<Element>

    init(channel: any Channel, elements: AsyncStream<Element>) {
        self.channel = channel
        self.elements = elements
    }

    /// Returns the next element from the component. It sends back the component's pings to itself, which are its fences.
    func next() async throws -> Element {
        for await element in elements {
            guard element.name == "iq", element[attribute: "to"] == element[attribute: "from"] else { return element }
            send(element.xml(defaultNamespace: Stanza.namespace))
        }
        throw Unexpected()
    }

    /// Returns the next element with this name, and drops the elements before it.
    func next(_ name: String, where isMeant: (Element) -> Bool = { _ in true }) async throws -> Element {
        while true {
            let element = try await next()
            if element.name == name, isMeant(element) { return element }
        }
    }

    func send(_ text: String) { channel.writeAndFlush(ByteBuffer(string: text), promise: nil) }

    struct Unexpected: Error {}
}

/// Answers the header, and parses the bytes from the component.
private final class ServerEndHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let elements: AsyncStream<Element>.Continuation
    private let parser = StreamParser(
        limits: XMLLimits(), contentNamespaces: ["jabber:component:accept": Stanza.namespace])
    private static let header =
        "<?xml version='1.0'?><stream:stream xmlns='jabber:component:accept'"
        + " xmlns:stream='http://etherx.jabber.org/streams' from='gw.test' id='one'>"

    init(_ elements: AsyncStream<Element>.Continuation) { self.elements = elements }

    func channelActive(context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: Self.header)), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        unwrapInboundIn(data).withUnsafeReadableBytes { bytes in
            do {
                try parser.push(bytes) { if case .element(let element) = $0 { elements.yield(element) } }
            } catch {
                Issue.record("the component sent malformed XML: \(error)")
            }
        }
    }

    func channelInactive(context: ChannelHandlerContext) { elements.finish() }
    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
