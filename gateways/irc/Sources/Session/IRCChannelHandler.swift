import NIOCore
import Networking

/// The NIO handler of one connection: cuts the received bytes into lines and gives them to the session.
final class IRCChannelHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    /// A strong reference, because a weak one would slow down each use. The reference cycle ends when the connection
    /// closes.
    private let session: IRCSession
    /// The number of this connection among those of the session. The session ignores calls with an old number.
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
        let buffer = unwrapInboundIn(data)
        buffer.withUnsafeReadableBytes { bytes in
            framing.push(bytes) { session.received($0, now: now, connection: number) }
        }
        session.environment.readBuffers.giveBack(buffer)
        session.linesEnded(overlong: framing.takeOverlong(), connection: number)
    }

    func channelReadComplete(context: ChannelHandlerContext) { session.readEnded(connection: number) }

    func channelWritabilityChanged(context: ChannelHandlerContext) { session.endTurn(connection: number) }

    /// Ends the connection when the server has closed its side. Our side of the socket stays open until the session
    /// closes it (`DialRoute.handlersClose`).
    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed? = event as? ChannelEvent {
            session.broke(context.channel, connection: number, nil)
        }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        session.broke(context.channel, connection: number, nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        session.broke(context.channel, connection: number, error)
    }
}
