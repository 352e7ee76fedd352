import Basics
import NIOCore
import NIOSSL

/// Everything that TLS needs on a connection that is open already, and has spoken clear text so far (STARTTLS). Prepare
/// it before the peer is asked for TLS, so that the handshake can begin as soon as the peer consents.
package struct TLSUpgrade: Sendable {
    private let handshake: TLSHandshake

    init(_ handshake: TLSHandshake) { self.handshake = handshake }

    /// Begins TLS. The handlers of the channel then read and write through it. Call it on the channel's event loop.
    ///
    /// - Returns: a future that succeeds after the handshake, or fails with `DialError`. It has no deadline. The
    ///   channel is not closed after a failure.
    package func begin(on channel: any Channel) -> EventLoopFuture<Void> {
        let promise = channel.eventLoop.makePromise(of: Void.self)
        let gate = DialGate(waitsForHandshake: true, check: handshake.wrongName) { [handshake] channel, result in
            switch result {
            case .success: promise.succeed()
            case .failure(let failure): promise.fail(handshake.explain(failure, on: channel))
            }
        }
        do {
            let handlers = channel.pipeline.syncOperations
            try handlers.addHandler(gate, position: .first)
            try handlers.addHandler(try handshake.makeHandler(), position: .first)
        } catch {
            promise.fail(error)
        }
        return promise.futureResult
    }
}

extension Dialer {
    /// Loads the certificates for TLS on a connection with `endpoint` that is open already.
    ///
    /// - Returns: a future that fails with `DialError.badSettings`.
    package func prepareTLS(
        with endpoint: Endpoint, _ settings: TLSSettings, on loop: any EventLoop
    ) -> EventLoopFuture<TLSUpgrade> {
        contexts.context(for: settings, on: loop).flatMapThrowing { context in
            TLSUpgrade(try TLSHandshake(endpoint: endpoint, settings: settings, context: context))
        }
    }
}
