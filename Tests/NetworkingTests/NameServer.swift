import Foundation
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix

@testable import Networking

/// A name server on a free loopback port, over UDP and TCP, that follows a script.
final class NameServer: Sendable {
    enum Reply: Sendable {
        case records([DNSMessage.Record])
        /// A response code without records: 2 SERVFAIL, 3 NXDOMAIN, 5 REFUSED.
        case code(UInt8)
        /// Tells the client to ask again over TCP.
        case truncated
        /// Records for a question that nobody asked.
        case wrongID([DNSMessage.Record])
        case bytes([UInt8])

        static let none = Reply.records([])

        fileprivate func bytes(_ question: DNSMessage.Question) -> [UInt8] {
            switch self {
            case .records(let records): return DNSMessage.write(to: question, records)
            case .code(let code): return DNSMessage.write(to: question, code: code)
            case .truncated: return DNSMessage.write(to: question, isTruncated: true)
            case .wrongID(let records):
                var other = question
                other.id ^= 0x5555
                return DNSMessage.write(to: other, records)
            case .bytes(let bytes): return bytes
            }
        }
    }

    typealias Script = @Sendable (DNSMessage.Question) -> [Reply]

    /// The questions in order, also as a stream while they arrive.
    let asked = NIOLockedValueBox<[DNSMessage.Question]>([])
    let questions: AsyncStream<DNSMessage.Question>
    private let heard: AsyncStream<DNSMessage.Question>.Continuation
    private let script: Script
    private let channels = NIOLockedValueBox<[any Channel]>([])
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("dns-\(UUID().uuidString)")

    /// - Parameter script: the replies to a question, in order; a question without a reply is not answered.
    static func start(_ script: @escaping Script) async throws -> NameServer {
        let server = try NameServer(script)
        try await server.bind()
        return server
    }

    private init(_ script: @escaping Script) throws {
        self.script = script
        (questions, heard) = AsyncStream.makeStream()
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try configure("nameserver 127.0.0.1")
    }

    private var configuration: URL { folder.appendingPathComponent("resolv.conf") }

    /// Writes the file that replaces `/etc/resolv.conf`; nil removes it.
    func configure(_ text: String?) throws {
        guard let text else { return try FileManager.default.removeItem(at: configuration) }
        try Data((text + "\n").utf8).write(to: configuration)
    }

    private func bind() async throws {
        let group = MultiThreadedEventLoopGroup.singleton
        let udp = try await DatagramBootstrap(group: group)
            .channelInitializer { [self] channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Datagrams(self))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        do {
            let tcp = try await ServerBootstrap(group: group)
                .childChannelInitializer { [self] channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(Streams(self))
                    }
                }
                .bind(host: "127.0.0.1", port: udp.localAddress?.port ?? 0).get()
            channels.withLockedValue { $0 = [udp, tcp] }
        } catch let error as IOError where error.errnoCode == EADDRINUSE {
            // The port is free for datagrams only, so another one is tried.
            try await udp.close()
            try await bind()
        }
    }

    func stop() async throws {
        for channel in channels.withLockedValue({ $0 }) { try await channel.close() }
        try FileManager.default.removeItem(at: folder)
        heard.finish()
    }

    /// Settings of a resolver that asks this server, with more patience than usual, because tests share the machine.
    func settings(
        _ limits: LookUpLimits? = nil, families: AddressFamilies = .both, firstTry: Duration = .seconds(10)
    ) -> DNSQuery.Settings {
        var settings = DNSQuery.Settings()
        settings.limits.time = .seconds(60)
        if let limits { settings.limits = limits }
        settings.configurationPath = configuration.path
        settings.port = UInt16(channels.withLockedValue { $0.first?.localAddress?.port } ?? 0)
        settings.families = families
        settings.firstTry = firstTry
        return settings
    }

    fileprivate func replies(to bytes: [UInt8], isOverTCP: Bool) -> [[UInt8]] {
        guard var question = DNSMessage.read(bytes) else { return [] }
        question.isOverTCP = isOverTCP
        asked.withLockedValue { $0.append(question) }
        let replies = script(question).map { $0.bytes(question) }
        heard.yield(question)
        return replies
    }

    private final class Datagrams: ChannelInboundHandler {
        typealias InboundIn = AddressedEnvelope<ByteBuffer>
        private let server: NameServer

        init(_ server: NameServer) { self.server = server }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let packet = unwrapInboundIn(data)
            for reply in server.replies(to: Array(packet.data.readableBytesView), isOverTCP: false) {
                let envelope = AddressedEnvelope(remoteAddress: packet.remoteAddress, data: ByteBuffer(bytes: reply))
                context.writeAndFlush(NIOAny(envelope), promise: nil)
            }
        }
    }

    /// Messages with their length before them (RFC 1035 §4.2.2). Here, one message fits into one read.
    private final class Streams: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        private let server: NameServer

        init(_ server: NameServer) { self.server = server }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            var buffer = unwrapInboundIn(data)
            while let length = buffer.readInteger(as: UInt16.self), let bytes = buffer.readBytes(length: Int(length)) {
                for reply in server.replies(to: bytes, isOverTCP: true) {
                    let whole = DNSMessage.both(UInt16(reply.count)) + reply
                    context.writeAndFlush(NIOAny(ByteBuffer(bytes: whole)), promise: nil)
                }
            }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    }
}
