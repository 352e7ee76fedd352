import NIOCore
import NIOPosix

/// A TCP client that sends given bytes, and collects the bytes of the server until it closes.
struct RawClient {
    private let channel: any Channel
    private let received: EventLoopFuture<String>
    private let first: EventLoopFuture<String>

    /// - isReading: false for a client that lets answers pile up in the kernel.
    /// - source: an address of this machine to call from.
    init(port: Int, isReading: Bool = true, from source: String = "127.0.0.1") async throws {
        let source = try SocketAddress(ipAddress: source, port: 0)
        let promise = MultiThreadedEventLoopGroup.singleton.any().makePromise(of: String.self)
        let begin = MultiThreadedEventLoopGroup.singleton.any().makePromise(of: String.self)
        received = promise.futureResult
        first = begin.futureResult
        do {
            channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .channelOption(.autoRead, value: isReading)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(
                            CollectingHandler(promise: promise, begin: begin))
                    }
                }
                .bind(to: source)
                .connect(host: "127.0.0.1", port: port).get()
        } catch {
            promise.fail(error)
            begin.fail(error)
            throw error
        }
    }

    /// Sends a text; it is no failure if the server has closed already.
    func send(_ text: String) async { try? await channel.writeAndFlush(ByteBuffer(string: text)) }

    func send(bytes: [UInt8]) async { try? await channel.writeAndFlush(ByteBuffer(bytes: bytes)) }

    /// Sends a text. Returns false if the server has closed.
    func trySend(_ text: String) async -> Bool {
        do {
            try await channel.writeAndFlush(ByteBuffer(string: text))
            return true
        } catch {
            return false
        }
    }

    /// Writes until the server has closed; for a client that does not read.
    func closed() async { while await trySend("G") {} }

    /// Everything that the server sent before it closed.
    func answer() async throws -> String { try await received.get() }

    /// The first bytes from the server; empty if the server closed without any.
    func firstBytes() async -> String { (try? await first.get()) ?? "" }

    func close() async { try? await channel.close() }

    /// Makes one connection, sends one text, and returns everything that comes back.
    static func exchange(port: Int, _ text: String, from source: String = "127.0.0.1") async throws -> String {
        let client = try await RawClient(port: port, from: source)
        await client.send(text)
        return try await client.answer()
    }
}

private final class CollectingHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let promise: EventLoopPromise<String>
    private let begin: EventLoopPromise<String>
    private var text = ""

    init(promise: EventLoopPromise<String>, begin: EventLoopPromise<String>) {
        self.promise = promise
        self.begin = begin
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        text += String(buffer: unwrapInboundIn(data))
        begin.succeed(text)
    }

    func channelInactive(context: ChannelHandlerContext) {
        begin.succeed(text)
        promise.succeed(text)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
