import NIOCore
import Synchronization

/// The open connections of one listener, so that all of them can be told to end: also those that the kernel or the
/// server has accepted and that nobody has begun to serve.
final class WebhookConnections: Sendable {
    private struct State {
        var isStopping = false
        var open: [ObjectIdentifier: WebhookChannel.Connection] = [:]
    }

    private let state = Mutex(State())

    /// Notes a new connection until it closes. On its event loop.
    func opened(_ connection: WebhookChannel.Connection) {
        let id = ObjectIdentifier(connection.channel)
        let isStopping = state.withLock { state in
            state.open[id] = connection
            return state.isStopping
        }
        connection.channel.closeFuture.whenComplete { [self] _ in state.withLock { $0.open[id] = nil } }
        if isStopping { connection.handler.value.stop() }
    }

    /// Lets requests in hand end and closes each connection after that; also those that open later.
    func stop() {
        let all = state.withLock { state in
            state.isStopping = true
            return Array(state.open.values)
        }
        for connection in all {
            connection.channel.eventLoop.execute { connection.handler.value.stop() }
        }
    }

    /// Waits for those that are open now; a matter of `WebhookLimits` after `stop()`.
    func closed() async {
        for connection in state.withLock({ Array($0.open.values) }) {
            try? await connection.channel.closeFuture.get()
        }
    }
}
