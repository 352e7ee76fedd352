import Basics
import NIOCore
import NIOPosix
import NIOSSL
import Networking
import TestCertificates

/// A TCP server on a free loopback port that says `hello` to every client, after TLS if it has a certificate.
struct LoopbackServer: Sendable {
    let channel: any Channel

    /// - Parameters:
    ///   - newest: the newest version of TLS that the server offers.
    ///   - demandsClient: whether the server demands a client certificate.
    static func start(
        certificate: TestCertificate? = nil, host: String = "127.0.0.1", newest: TLSVersion? = nil,
        demandsClient: Bool = false
    ) async throws -> LoopbackServer {
        let context = try certificate.map { certificate in
            var configuration = TLSConfiguration.makeServerConfiguration(
                certificateChain: try NIOSSLCertificate.fromPEMFile(certificate.path).map { .certificate($0) },
                privateKey: .privateKey(try NIOSSLPrivateKey(file: certificate.keyPath, format: .pem)))
            configuration.maximumTLSVersion = newest
            if demandsClient { configuration.certificateVerification = .noHostnameVerification }
            return try NIOSSLContext(configuration: configuration)
        }
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let context {
                        try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context))
                    }
                    try channel.pipeline.syncOperations.addHandler(Greeter())
                }
            }
            .bind(host: host, port: 0).get()
        return LoopbackServer(channel: channel)
    }

    var port: Int { channel.localAddress?.port ?? 0 }

    func endpoint(_ host: String = "127.0.0.1") -> Endpoint { Endpoint(host: host, port: port) }

    func stop() async throws { try await channel.close() }
}

/// Sends a greeting when a client connects, and one for each read.
private final class Greeter: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    func channelActive(context: ChannelHandlerContext) { greet(context) }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) { greet(context) }

    private func greet(_ context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: "hello")), promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}

/// The observations of a dialled connection, for which a test waits.
final class Listener: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let heard: AsyncStream<String>.Continuation

    init(_ heard: AsyncStream<String>.Continuation) { self.heard = heard }

    func channelActive(context: ChannelHandlerContext) { heard.yield("active") }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        heard.yield(String(buffer: unwrapInboundIn(data)))
    }

    func channelInactive(context: ChannelHandlerContext) { heard.finish() }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if let problem = TLSProblem(alertIn: error) { heard.yield(problem.words) }
        context.fireErrorCaught(error)
    }
}
