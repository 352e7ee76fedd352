import NIOCore
import NIOTLS

/// Stands behind TLS in a new channel, and holds back `channelActive` until the connection is ready to be used: it is
/// connected and, with TLS, the handshake is done. Then the user's handlers are added, and see one `channelActive`.
final class DialGate: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = NIOAny

    private let waitsForHandshake: Bool
    /// Checks a connection whose handshake is done. Returns the error that ends it, or nil.
    private let check: (any Channel) -> (any Error)?
    /// Called once. A failure carries the error that the channel reported, or nil if the channel closed without one.
    ///
    /// It gets the channel, and need not keep it: a weak reference would slow down each later use of the channel.
    private var report: ((any Channel, Result<Void, Failure>) -> Void)?

    struct Failure: Error {
        let cause: (any Error)?
    }

    init(
        waitsForHandshake: Bool, check: @escaping (any Channel) -> (any Error)? = { _ in nil },
        report: @escaping (any Channel, Result<Void, Failure>) -> Void
    ) {
        self.waitsForHandshake = waitsForHandshake
        self.check = check
        self.report = report
    }

    func channelActive(context: ChannelHandlerContext) {
        guard !waitsForHandshake else { return }
        finish(.success(()), context)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if waitsForHandshake, case TLSUserEvent.handshakeCompleted? = event as? TLSUserEvent {
            let fault = check(context.channel)
            finish(fault.map { .failure(Failure(cause: $0)) } ?? .success(()), context)
        }
        if report != nil, case ChannelEvent.inputClosed? = event as? ChannelEvent {
            finish(.failure(Failure(cause: nil)), context)
        }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if report == nil {
            context.fireErrorCaught(error)
        } else {
            finish(.failure(Failure(cause: error)), context)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        finish(.failure(Failure(cause: nil)), context)
        context.fireChannelInactive()
    }

    private func finish(_ result: Result<Void, Failure>, _ context: ChannelHandlerContext) {
        let report = self.report
        self.report = nil
        report?(context.channel, result)
    }
}
