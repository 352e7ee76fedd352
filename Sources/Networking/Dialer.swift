import Basics
import NIOCore
import NIOSSL

/// Makes outgoing TCP and TLS connections. One for the whole program; it shares TLS contexts.
package struct Dialer: Sendable {
    private let resolver: HostResolver
    private let contexts = TLSContexts()

    package init(resolver: HostResolver = .system) { self.resolver = resolver }

    /// Resolves, checks the addresses against the policy, connects to them in turn (RFC 8305: the next one starts when
    /// the one before has failed or has not answered for 250 ms), and does the TLS handshake.
    ///
    /// Call it from any thread.
    /// - Parameters:
    ///   - timeout: for all of it together.
    ///   - requester: whose turn it takes to look the name up.
    ///   - usesReserve: whether it may take one of the file descriptors that are kept for the program itself.
    ///   - loop: the channel's loop, and the future's.
    ///   - configure: adds the handlers. Runs on the loop once the connection is ready; the handlers then see
    ///     `channelActive`. An error from it closes the channel and fails the future as it is.
    /// - Returns: the channel after `channelActive`; otherwise fails with `DialError`.
    package func connect(
        to endpoint: Endpoint, tls: TLSMode, policy: AddressPolicy, timeout: Duration,
        onBehalfOf requester: Requester = .configuration, usesReserve: Bool = false, on loop: any EventLoop,
        configure: @escaping @Sendable (any Channel) throws -> Void
    ) -> EventLoopFuture<any Channel> {
        let promise = loop.makePromise(of: (any Channel).self)
        let (resolver, contexts) = (resolver, contexts)
        let start: @Sendable () -> Void = {
            Dial(
                endpoint, policy: policy, onBehalfOf: requester, usesReserve: usesReserve, loop: loop,
                configure: configure, promise: promise
            )
            .start(tls: tls, timeout: timeout, resolver: resolver, contexts: contexts)
        }
        if loop.inEventLoop { start() } else { loop.execute(start) }
        return promise.futureResult
    }
}
