import NIOCore
import NIOTLS

/// Stands behind TLS in a new channel, and holds back `channelActive` until the connection is ready to be used: it is
/// connected and, with TLS, the handshake is done. Then the user's handlers are added, and see one `channelActive`.
final class DialGate: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = NIOAny

    private let waitsForHandshake: Bool
    /// Called once. A failure carries the error that the channel reported, or nil if the channel closed without one.
    private var report: ((Result<Void, Failure>) -> Void)?

    struct Failure: Error {
        let cause: (any Error)?
    }

    init(waitsForHandshake: Bool, report: @escaping (Result<Void, Failure>) -> Void) {
        self.waitsForHandshake = waitsForHandshake
        self.report = report
    }

    func channelActive(context: ChannelHandlerContext) {
        guard !waitsForHandshake else { return }
        finish(.success(()))
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if waitsForHandshake, case TLSUserEvent.handshakeCompleted? = event as? TLSUserEvent { finish(.success(())) }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if report == nil {
            context.fireErrorCaught(error)
        } else {
            finish(.failure(Failure(cause: error)))
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        finish(.failure(Failure(cause: nil)))
        context.fireChannelInactive()
    }

    private func finish(_ result: Result<Void, Failure>) {
        let report = self.report
        self.report = nil
        report?(result)
    }
}
