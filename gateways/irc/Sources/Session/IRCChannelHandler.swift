import NIOCore

/// The edge of a connection: bytes to lines on the way in. What it reads goes to its session.
final class IRCChannelHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    /// Kept alive by its connection: a weak reference would make each use of the session slower, and the ring of the
    /// two is broken when the connection is closed.
    private let session: IRCSession
    /// Which of the session's connections this is.
    private let number: Int
    private var framing = LineFraming()

    init(_ session: IRCSession, connection number: Int) {
        self.session = session
        self.number = number
    }

    func channelActive(context: ChannelHandlerContext) {
        session.opened(context.channel, connection: number)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let now = session.now
        unwrapInboundIn(data).withUnsafeReadableBytes { bytes in
            framing.push(bytes) { session.received($0, now: now, connection: number) }
        }
        session.linesEnded(overlong: framing.takeOverlong(), connection: number)
    }

    func channelReadComplete(context: ChannelHandlerContext) { session.readEnded(connection: number) }

    func channelWritabilityChanged(context: ChannelHandlerContext) { session.endTurn(connection: number) }

    func channelInactive(context: ChannelHandlerContext) { session.closed(connection: number, nil) }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        session.closed(connection: number, error)
        context.close(promise: nil)
    }
}
