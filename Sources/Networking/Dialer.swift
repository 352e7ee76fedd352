import Basics
import NIOCore
import NIOSSL

/// Makes outgoing TCP and TLS connections. The whole program has one dialer, because it shares TLS contexts.
package struct Dialer: Sendable {
    private let resolver: HostResolver
    let contexts = TLSContexts()

    package init(resolver: HostResolver = .system) { self.resolver = resolver }

    /// Resolves the host, checks the addresses against the policy, connects to them in turn (RFC 8305: the next
    /// attempt starts when the one before has failed, or has not answered for 250 ms), and does the TLS handshake.
    ///
    /// Call it from any thread.
    /// - Parameters:
    ///   - timeout: the time for all steps together.
    ///   - requester: on whose behalf the name is looked up, which decides about turns.
    ///   - usesReserve: whether the connection may use a file descriptor that is kept for the program itself.
    ///   - route: the source address and the proxy of the connection.
    ///   - loop: the loop of the channel and of the future.
    ///   - configure: adds the user's handlers. Called on the loop when the connection is ready; the handlers then see
    ///     `channelActive`. An error thrown by it closes the channel and fails the future unchanged.
    /// - Returns: the channel after its `channelActive`. The future fails with `DialError`.
    package func connect(
        to endpoint: Endpoint, tls: TLSMode, policy: AddressPolicy, timeout: Duration,
        onBehalfOf requester: Requester = .configuration, usesReserve: Bool = false, via route: DialRoute = .direct,
        on loop: any EventLoop,
        configure: @escaping @Sendable (any Channel) throws -> Void
    ) -> EventLoopFuture<any Channel> {
        let promise = loop.makePromise(of: (any Channel).self)
        let (resolver, contexts) = (resolver, contexts)
        let start: @Sendable () -> Void = {
            Dial(
                endpoint, policy: policy, onBehalfOf: requester, usesReserve: usesReserve, via: route, loop: loop,
                configure: configure, promise: promise
            )
            .start(tls: tls, timeout: timeout, resolver: resolver, contexts: contexts)
        }
        if loop.inEventLoop { start() } else { loop.execute(start) }
        return promise.futureResult
    }
}
