import NIOCore
import NIOPosix

/// An IRC server on a port of this machine. It welcomes one client, lets it join any channel, answers its PINGs, and
/// keeps all text that it received.
final class LoopbackServer: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let received: EventLoopPromise<String>
    private var text = ""
    private var unread = ""

    private init(_ received: EventLoopPromise<String>) { self.received = received }

    /// Starts a server. Returns its port, and a future of all text of its first client, fulfilled when that client is
    /// gone.
    static func start(on group: any EventLoopGroup) async throws -> (
        port: Int, received: EventLoopFuture<String>, channel: any Channel
    ) {
        let received = group.next().makePromise(of: String.self)
        let channel = try await ServerBootstrap(group: group)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(LoopbackServer(received))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        return (channel.localAddress?.port ?? 0, received.futureResult, channel)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let chunk = String(buffer: unwrapInboundIn(data))
        text += chunk
        // A TLS handshake begins with this record type (RFC 8446 §5.1). A server without TLS closes the connection.
        if text.utf8.first == 0x16 { return context.close(promise: nil) }
        unread += chunk
        while let end = unread.utf8.firstIndex(of: UInt8(ascii: "\n")) {
            let line = String(unread[..<end])
            unread = String(unread[unread.utf8.index(after: end)...])
            answer(line.split(whereSeparator: \.isWhitespace).map(String.init), context)
        }
    }

    private func answer(_ words: [String], _ context: ChannelHandlerContext) {
        switch words.first {
        case "CAP" where words[1] == "LS": write(":s CAP * LS :multi-prefix", context)
        case "CAP" where words[1] == "REQ": write(":s CAP * ACK :multi-prefix", context)
        case "CAP": write(":s 001 me :Hi\r\n:s 422 me :No MOTD", context)
        case "JOIN": write(":me!u@h JOIN \(words[1])\r\n:s 366 me \(words[1]) :End", context)
        case "PING": write(":s PONG s \(words[1])", context)
        case "QUIT": context.close(promise: nil)
        default: break
        }
    }

    private func write(_ lines: String, _ context: ChannelHandlerContext) {
        context.writeAndFlush(NIOAny(ByteBuffer(string: lines + "\r\n")), promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) { received.succeed(text) }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
