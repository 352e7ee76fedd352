import Basics
import NIOCore
import NIOPosix
import Networking

/// A SOCKS5 proxy on a loopback port. It knows some host names, each with a loopback port to which it connects, and
/// answers others with "host unreachable".
struct TestProxy: Sendable {
    let channel: any Channel

    /// - Parameter answers: the number of messages after which the proxy closes the connection instead of answering.
    static func start(hosts: [String: Int], answers: Int = .max) async throws -> TestProxy {
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Relay(hosts, answers: answers))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        return TestProxy(channel: channel)
    }

    var proxy: SOCKSProxy { SOCKSProxy(Endpoint(host: "127.0.0.1", port: channel.localAddress?.port ?? 0)) }

    func stop() async throws { try await channel.close() }

    private final class Relay: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        private let hosts: [String: Int]
        private var answers: Int
        private var isGreeted = false
        private var target: (any Channel)?

        init(_ hosts: [String: Int], answers: Int) {
            self.hosts = hosts
            self.answers = answers
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let buffer = unwrapInboundIn(data)
            if let target { return target.writeAndFlush(buffer, promise: nil) }
            guard answers > 0 else { return context.close(promise: nil) }
            answers -= 1
            let bytes = Array(buffer.readableBytesView)
            if !isGreeted {
                isGreeted = true
                return answer([5, 0], context.channel)
            }
            // Only requests with a name are understood: 5 1 0 3, its length, the name, the port.
            let name = bytes.count > 4 && bytes[3] == 3 ? String(decoding: bytes[5...].dropLast(2), as: UTF8.self) : ""
            guard let port = hosts[name] else { return answer([5, 4, 0, 1, 0, 0, 0, 0, 0, 0], context.channel) }
            let client = context.channel
            let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
            ClientBootstrap(group: context.eventLoop)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(Back(client))
                    }
                }
                .connect(host: "127.0.0.1", port: port).whenSuccess { channel in
                    bound.value.target = channel
                    bound.value.answer([5, 0, 0, 1, 127, 0, 0, 1, 0, 80], client)
                }
        }

        private func answer(_ bytes: [UInt8], _ channel: any Channel) {
            channel.writeAndFlush(ByteBuffer(bytes: bytes), promise: nil)
        }

        func channelInactive(context: ChannelHandlerContext) { target?.close(promise: nil) }
    }

    /// Carries the server's bytes back to the client.
    private final class Back: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        private let client: any Channel

        init(_ client: any Channel) { self.client = client }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            client.writeAndFlush(unwrapInboundIn(data), promise: nil)
        }
    }
}
