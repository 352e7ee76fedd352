import NIOCore
import NIOPosix
import Synchronization

/// A TCP server on loopback that plays a script to each connection and never speaks HTTP by itself.
final class RawServer: Sendable {
    /// The reaction to a request whose header has arrived.
    enum Reaction: Sendable {
        case say(String)
        case sayAndClose(String)
        /// Sends one byte every 50 ms.
        case drip(String)
        case close
        case ignore
    }

    private let channel: any Channel
    private let log: Mutex<[String]>
    private let arrivals: AsyncStream<String>
    /// The requests that have arrived so far.
    var requests: [String] { log.withLock { $0 } }

    var url: String { "http://127.0.0.1:\(channel.localAddress?.port ?? 0)" }

    /// - Parameter reactions: to the first, second… request of all connections; the last one stands for all further.
    init(_ reactions: Reaction...) async throws {
        let (arrivals, continuation) = AsyncStream.makeStream(of: String.self)
        self.arrivals = arrivals
        let script = Script(reactions: reactions, continuation: continuation)
        log = Mutex([])
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(ScriptHandler(script: script))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
    }

    /// Waits for the next request.
    func nextRequest() async -> String {
        for await request in arrivals {
            log.withLock { $0.append(request) }
            return request
        }
        return ""
    }

    func stop() async throws { try await channel.close() }
}

/// The remaining reactions, shared by all connections.
private final class Script: Sendable {
    private let reactions: Mutex<ArraySlice<RawServer.Reaction>>
    private let continuation: AsyncStream<String>.Continuation

    init(reactions: [RawServer.Reaction], continuation: AsyncStream<String>.Continuation) {
        self.reactions = Mutex(reactions[...])
        self.continuation = continuation
    }

    func next(after request: String) -> RawServer.Reaction {
        continuation.yield(request)
        return reactions.withLock { reactions in
            let next = reactions.first ?? .ignore
            if reactions.count > 1 { reactions.removeFirst() }
            return next
        }
    }
}

private final class ScriptHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let script: Script
    private var text = ""

    init(script: Script) { self.script = script }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        text += String(buffer: unwrapInboundIn(data))
        // A TLS hello never has an empty line; its first byte is 0x16.
        guard text.contains("\r\n\r\n") || text.unicodeScalars.first == "\u{16}" else { return }
        let request = text
        text = ""
        switch script.next(after: request) {
        case .say(let answer): say(answer, context)
        case .sayAndClose(let answer):
            say(answer, context)
            context.close(promise: nil)
        case .drip(let answer): drip(Array(answer.utf8)[...], context)
        case .close: context.close(promise: nil)
        case .ignore: break
        }
    }

    private func drip(_ bytes: ArraySlice<UInt8>, _ context: ChannelHandlerContext) {
        guard let first = bytes.first, context.channel.isActive else { return }
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: [first])), promise: nil)
        context.eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(50)) { [self] in
            drip(bytes.dropFirst(), context)
        }
    }

    private func say(_ answer: String, _ context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: answer)), promise: nil)
    }
}
