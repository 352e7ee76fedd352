import NIOCore
import NIOSSL

extension Channel {
    /// Closes the socket without the farewell of TLS (`close_notify`). Use it when the peer does not read: `close`
    /// would wait five seconds for it. Call it on the channel's event loop.
    package func closeAtOnce() {
        guard let tls = try? pipeline.syncOperations.context(handlerType: NIOSSLClientHandler.self) else {
            return close(promise: nil)
        }
        // A close that starts at the TLS handler's context does not reach the TLS handler, which would say farewell.
        tls.close(promise: nil)
    }
}
