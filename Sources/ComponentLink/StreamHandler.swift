import NIOCore

/// Passes the bytes of one connection to its link, and holds back reads while the link is paused.
final class StreamHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer

    private let link: ComponentLink
    private var context: ChannelHandlerContext?
    private var isReadWanted = false
    /// While true, the socket is not read: the kernel's buffers fill up, and the server has to wait.
    var isPaused = false {
        didSet {
            guard !isPaused, isReadWanted else { return }
            isReadWanted = false
            context?.read()
        }
    }

    init(link: ComponentLink) { self.link = link }

    /// Writes bytes after all earlier ones. For speed it starts at this handler and not at the end of the pipeline,
    /// because all output passes here.
    func send(_ bytes: ByteBuffer) { context?.writeAndFlush(NIOAny(bytes), promise: nil) }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        link.receivedBytes(unwrapInboundIn(data), from: self)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        link.turnEnded(from: self)
        context.fireChannelReadComplete()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        // The link needs no event for a full connection, because it sees that when it writes.
        if context.channel.isWritable { link.drained(self) }
        context.fireChannelWritabilityChanged()
    }

    func channelInactive(context: ChannelHandlerContext) {
        link.disconnected(self)
        context.fireChannelInactive()
    }

    /// NIO reports a broken connection here first. Without this close the channel would stay open.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    func read(context: ChannelHandlerContext) {
        if isPaused {
            isReadWanted = true
        } else {
            context.read()
        }
    }
}
