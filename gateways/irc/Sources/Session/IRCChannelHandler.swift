import NIOCore

/// The edge of a connection: bytes to lines on the way in. What it reads goes to its session.
final class IRCChannelHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private weak var session: IRCSession?
    /// Which of the session's connections this is.
    private let number: Int
    private var framing = LineFraming()

    init(_ session: IRCSession, connection number: Int) {
        self.session = session
        self.number = number
    }

    func channelActive(context: ChannelHandlerContext) {
        guard let session else { return context.close(promise: nil) }
        session.opened(context.channel, connection: number)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var messages: [IRCMessage] = []
        unwrapInboundIn(data).withUnsafeReadableBytes { bytes in
            framing.push(bytes) { line in
                if let message = try? IRCMessage(bytes: line) { messages.append(message) }
            }
        }
        session?.received(messages, connection: number)
    }

    func channelReadComplete(context: ChannelHandlerContext) { session?.endTurn(connection: number) }

    func channelWritabilityChanged(context: ChannelHandlerContext) { session?.endTurn(connection: number) }

    func channelInactive(context: ChannelHandlerContext) { session?.closed(connection: number, nil) }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        session?.closed(connection: number, error)
        context.close(promise: nil)
    }
}
