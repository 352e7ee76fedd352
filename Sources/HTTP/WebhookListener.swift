import HummingbirdCore
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import Synchronization

/// The HTTP/1.1 server for callbacks of providers, `/metrics` and `/health`. TLS is a reverse proxy's matter.
///
/// Everything from clients is bounded by `WebhookLimits`. Unknown paths get 404, other methods 405.
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
    private let routes = Mutex(WebhookRoutes())
    private let binding = Mutex(Binding.pending([]))

    /// - Parameters:
    ///   - host: a name or address of this machine.
    ///   - port: 0 for a free one, which `boundPort()` then tells.
    package init(
        host: String, port: Int, limits: WebhookLimits = WebhookLimits(), logger: Logger,
        eventLoopGroup: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton
    ) {
        self.host = host
        self.port = port
        self.limits = limits
        self.logger = logger
        self.eventLoopGroup = eventLoopGroup
    }

    /// Serves every path that is `prefix` or lies below it, before or while the listener runs.
    ///
    /// - Parameters:
    ///   - prefix: begins with `/`, percent-encoded as clients send it. The longest matching prefix wins; the
    ///     same prefix again replaces the handler.
    ///   - methods: others get 405.
    ///   - handler: called on an event loop, where it must not block. It answers once, from any thread; later answers
    ///     are dropped, and without one in `WebhookLimits.answer` the client gets 503.
    package func route(
        _ prefix: String, methods: Set<HTTPMethod> = [.get, .head, .post], _ handler: @escaping WebhookHandler
    ) {
        routes.withLock { $0.add(prefix, methods: methods, handler: handler) }
    }

    /// Ends the route of exactly this prefix; requests that its handler has already are not affected.
    package func unroute(_ prefix: String) { routes.withLock { $0.remove(prefix) } }

    /// Listens until the task is cancelled or the service group shuts down gracefully; both let requests in progress
    /// end first. To be called once. Throws when the address cannot be bound.
    package func run() async throws {
        let connections = WebhookConnections()
        let channel = WebhookChannel(limits: limits, logger: logger, connections: connections) { [self] in match($0) }
        let server = Server(
            childChannelSetup: channel,
            configuration: ServerConfiguration(
                address: .hostname(host, port: port),
                availableConnectionsDelegate: MaximumAvailableConnections(limits.connections, logger: logger)),
            onServerRunning: { [weak self] in self?.settle(.success($0.localAddress?.port ?? 0)) },
            eventLoopGroup: eventLoopGroup, logger: logger)
        do {
            try await withTaskCancellationHandler {
                try await server.run()
            } onCancel: {
                connections.stop()
            }
            connections.stop()
            await connections.closed()
            settle(.failure(CancellationError()))
        } catch {
            settle(.failure(error))
            throw error
        }
    }

    /// The port, as soon as `run()` listens. Throws what `run()` throws when it cannot.
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
