import NIOCore

/// Makes the SOCKS5 handshake, and then removes itself. It is the first handler of a channel. The handlers behind it
/// see `channelActive` when the proxy has connected to the server.
final class SOCKSGate: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private var handshake: SOCKSHandshake

    init(_ handshake: SOCKSHandshake) { self.handshake = handshake }

    func channelActive(context: ChannelHandlerContext) { send(handshake.greeting, context) }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        for action in handshake.receive(unwrapInboundIn(data).readableBytesView) {
            switch action {
            case .send(let bytes): send(bytes, context)
            case .failed(let problem): context.fireErrorCaught(problem)
            case .done(let rest):
                context.fireChannelActive()
                if !rest.isEmpty { context.fireChannelRead(wrapInboundOut(ByteBuffer(bytes: rest))) }
                context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
            }
        }
    }

    private func send(_ bytes: [UInt8], _ context: ChannelHandlerContext) {
        context.writeAndFlush(NIOAny(ByteBuffer(bytes: bytes)), promise: nil)
    }
}
