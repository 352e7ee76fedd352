import NIOCore
import NIOPosix
import Testing

@testable import Networking

struct ReadBuffersTests {
    /// Gives each buffer back, and answers each read with the number of bytes and the address of the buffer.
    private final class Reader: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        let buffers: ReadBuffers
        var reads: [(count: Int, memory: UInt)] = []
        let wanted: Int
        let done: EventLoopPromise<Void>

        init(_ buffers: ReadBuffers, wanted: Int, _ done: EventLoopPromise<Void>) {
            self.buffers = buffers
            self.wanted = wanted
            self.done = done
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let buffer = unwrapInboundIn(data)
            reads.append(
                (buffer.readableBytes, buffer.withUnsafeReadableBytes { UInt(bitPattern: $0.baseAddress) }))
            buffers.giveBack(buffer)
            if reads.reduce(0, { $0 + $1.count }) == wanted { done.succeed() }
        }
    }

    /// Writes 1,016 bytes as soon as a connection is open.
    private final class Sender: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        func channelActive(context: ChannelHandlerContext) {
            context.writeAndFlush(wrapOutboundOut(ByteBuffer(repeating: 0x61, count: 1_016)), promise: nil)
        }
    }

    @Test func `Connections read into one buffer, and keep none of their own`() async throws {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let server = try await ServerBootstrap(group: loop)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(Sender()) }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let port = try #require(server.localAddress?.port)
        let buffers = try await loop.submit { NIOLoopBound(ReadBuffers(size: 1_000, loop), eventLoop: loop) }.get()
        // The first connection stays open. Otherwise the allocator could give its memory to the second one.
        let (first, firstReads) = try await Self.reads(from: port, into: buffers, on: loop)
        let (second, secondReads) = try await Self.reads(from: port, into: buffers, on: loop)
        for channel in [first, second, server] { try await channel.close() }
        let reads = [firstReads, secondReads]
        // The first read of a connection is a small one, into a buffer that NIO keeps.
        #expect(reads.map { $0.first?.count } == [16, 16])
        #expect(reads.map { $0.dropFirst().map(\.count) } == [[1_000], [1_000]])
        #expect(reads[0].last?.memory == reads[1].last?.memory)
    }

    /// Connects, and reads all that the server sends.
    private static func reads(
        from port: Int, into buffers: NIOLoopBound<ReadBuffers>, on loop: any EventLoop
    ) async throws -> (any Channel, [(count: Int, memory: UInt)]) {
        try await loop.flatSubmit {
            let done = loop.makePromise(of: Void.self)
            let reader = NIOLoopBound(Reader(buffers.value, wanted: 1_016, done), eventLoop: loop)
            return ClientBootstrap(group: loop)
                .channelInitializer { channel in
                    buffers.value.use(for: channel)
                    return channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(reader.value)
                    }
                }
                .connect(host: "127.0.0.1", port: port)
                .flatMap { channel in done.futureResult.map { (channel, reader.value.reads) } }
        }.get()
    }
}
