import NIOCore

/// Stands before TLS in a new channel, and lets the steps of its handshake wait for their turn (`LoopQuota`).
///
/// A step computes keys and signatures for up to a millisecond. If a server with thousands of users has restarted, their
/// handshakes would otherwise hold up everybody else. What the peer sends meanwhile waits here, and nothing more is read.
final class HandshakeGate: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = NIOAny
    typealias OutboundIn = NIOAny

    private enum Held { case active, read(NIOAny), readComplete, inputClosed }

    private let lane: LoopQuota.Lane
    private var held: [Held] = []
    private var isWaiting = false
    private var wantsRead = false
    private var isDone = false
    private var isPassing = false

    init(_ lane: LoopQuota.Lane) { self.lane = lane }

    /// Ends the gate's work: the handshake is over.
    func finish(_ context: ChannelHandlerContext) {
        isDone = true
        if !isPassing { pass(context) }
    }

    func channelActive(context: ChannelHandlerContext) { hold(.active, context) }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) { held.append(.read(data)) }

    func channelReadComplete(context: ChannelHandlerContext) { hold(.readComplete, context) }

    func channelInactive(context: ChannelHandlerContext) {
        pass(context) { context.fireChannelInactive() }
    }

    /// Lets the end of the input wait behind the last bytes, which may say why the other side ends.
    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case ChannelEvent.inputClosed? = event as? ChannelEvent else {
            return context.fireUserInboundEventTriggered(event)
        }
        hold(.inputClosed, context)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        pass(context) { context.fireErrorCaught(error) }
    }

    func read(context: ChannelHandlerContext) {
        if held.isEmpty { context.read() } else { wantsRead = true }
    }

    private func hold(_ event: Held, _ context: ChannelHandlerContext) {
        held.append(event)
        guard !isWaiting, !isPassing else { return }
        isWaiting = true
        lane.perform { [self] in
            isWaiting = false
            pass(context)
        }
    }

    /// Hands on everything that is held, then does `last`. After the handshake, removes the gate: nothing can be handed on
    /// after that.
    private func pass(_ context: ChannelHandlerContext, then last: () -> Void = {}) {
        guard !isPassing else { return last() }
        isPassing = true
        // Events can come while others are handed on.
        while !held.isEmpty {
            let events = held
            held = []
            for event in events { hand(on: event, context) }
        }
        isPassing = false
        last()
        if wantsRead {
            wantsRead = false
            context.read()
        }
        guard isDone else { return }
        isDone = false
        context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
    }

    private func hand(on event: Held, _ context: ChannelHandlerContext) {
        switch event {
        case .active: context.fireChannelActive()
        case .read(let data): context.fireChannelRead(data)
        case .readComplete: context.fireChannelReadComplete()
        case .inputClosed: context.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        }
    }
}
