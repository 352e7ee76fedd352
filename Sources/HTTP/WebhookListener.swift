import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import Synchronization

/// An HTTP/1.1 server. One instance takes the callbacks of providers, another serves `/metrics` and `/health`. It does
/// not speak TLS: a reverse proxy in front of it may.
///
/// `WebhookLimits` bounds everything that clients send. Every connection is accepted at once, and closed at once if it
/// is over a limit. Unknown paths get 404, other methods 405.
package final class WebhookListener: Service {
    private enum Binding {
        case pending([CheckedContinuation<Int, any Error>])
        case bound(Int)
        case failed(any Error)
    }

    private let host: String
    private let port: Int
    private let limits: WebhookLimits
    private let logger: Logger
    private let eventLoopGroup: any EventLoopGroup
    private let onRefusal: @Sendable (ConnectionRefusal) -> Void
    private let onReply: @Sendable (Int) -> Void
    private let connections = Mutex<WebhookConnections?>(nil)
    private let routes = Mutex(WebhookRoutes())
    private let binding = Mutex(Binding.pending([]))

    /// - Parameters:
    ///   - host: a name or address of this machine.
    ///   - port: 0 for a free port, which `boundPort()` returns.
    ///   - onRefusal: called on any thread for each connection that the limits close.
    ///   - onReply: called on any thread with the status of each reply.
    package init(
        host: String, port: Int, limits: WebhookLimits = WebhookLimits(), logger: Logger,
        eventLoopGroup: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton,
        onRefusal: @escaping @Sendable (ConnectionRefusal) -> Void = { _ in },
        onReply: @escaping @Sendable (Int) -> Void = { _ in }
    ) {
        self.onRefusal = onRefusal
        self.onReply = onReply
        self.host = host
        self.port = port
        self.limits = limits
        self.logger = logger
        self.eventLoopGroup = eventLoopGroup
    }

    /// Serves a path, from now on. Call it before or while the listener runs. A path with a dot segment is never
    /// served.
    ///
    /// - Parameters:
    ///   - prefix: begins with `/`, percent-encoded as clients send it. The longest matching prefix wins. The same
    ///     prefix again replaces the handler.
    ///   - methods: the allowed methods; other methods get 405.
    ///   - isExact: serves only `prefix` itself, not the paths below it.
    ///   - handler: called on an event loop, where it must not block. It answers once, from any thread; later answers
    ///     are dropped. If it does not answer within `WebhookLimits.answer`, the client gets 503.
    package func route(
        _ prefix: String, methods: Set<HTTPMethod> = [.get, .head, .post], isExact: Bool = false,
        _ handler: @escaping WebhookHandler
    ) {
        let route = WebhookRoutes.Route(prefix, methods: methods, isExact: isExact, handler: handler)
        routes.withLock { $0.add(route) }
    }

    /// Ends the route of exactly this prefix. Requests that its handler has received already are not affected.
    package func unroute(_ prefix: String) { routes.withLock { $0.remove(prefix) } }

    /// Listens until the task is cancelled or the service group shuts down gracefully; requests in progress end first.
    /// Call it once. Throws if the address cannot be bound.
    package func run() async throws {
        let log = RefusalLog(logger: logger, eventLoop: eventLoopGroup.next())
        let connections = WebhookConnections(limits: limits, log: log, onRefusal: onRefusal, onReply: onReply)
        self.connections.withLock { $0 = connections }
        let server: any Channel
        do {
            server = try await bind(connections)
        } catch {
            settle(.failure(error))
            throw error
        }
        settle(.success(server.localAddress?.port ?? 0))
        logger.info("http listening", metadata: ["address": "\(server.localAddress?.description ?? host)"])
        await withTaskCancellationHandler {
            await withGracefulShutdownHandler {
                try? await server.closeFuture.get()
            } onGracefulShutdown: {
                server.close(promise: nil)
            }
        } onCancel: {
            server.close(promise: nil)
        }
        connections.stop()
        await connections.closed()
    }

    private func bind(_ connections: WebhookConnections) async throws -> any Channel {
        let pipeline = WebhookPipeline(limits: limits, logger: logger, connections: connections) { [self] in
            match($0)
        }
        return try await ServerBootstrap(group: eventLoopGroup)
            .serverChannelOption(.backlog, value: 256)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelInitializer { channel in
                // Without a back-off, a process that is out of file descriptors would spin.
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(AcceptBackoffHandler())
                }
            }
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelInitializer { pipeline.setUp($0) }
            .bind(host: host, port: port).get()
    }

    /// The connections that are open now. Call it from any thread.
    package var openConnections: Int { connections.withLock { $0 }?.count ?? 0 }

    /// The port, as soon as `run()` listens. Throws the error of `run()` if it cannot listen.
    package func boundPort() async throws -> Int {
        try await withCheckedThrowingContinuation { continuation in
            let known: Result<Int, any Error>? = binding.withLock { binding in
                switch binding {
                case .bound(let port): return .success(port)
                case .failed(let error): return .failure(error)
                case .pending(let waiting):
                    binding = .pending(waiting + [continuation])
                    return nil
                }
            }
            if let known { continuation.resume(with: known) }
        }
    }

    private func settle(_ result: Result<Int, any Error>) {
        let waiting: [CheckedContinuation<Int, any Error>] = binding.withLock { binding in
            guard case .pending(let waiting) = binding else { return [] }
            switch result {
            case .success(let port): binding = .bound(port)
            case .failure(let error): binding = .failed(error)
            }
            return waiting
        }
        waiting.forEach { $0.resume(with: result) }
    }

    private func match(_ path: Substring) -> (route: WebhookRoutes.Route, rest: Substring)? {
        routes.withLock { $0 }.match(path)
    }
}
