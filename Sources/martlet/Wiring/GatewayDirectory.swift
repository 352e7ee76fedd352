import NIOCore
import Synchronization

/// The gateways that run now, by domain. Call it from any thread.
final class GatewayDirectory: Sendable {
    private let gateways = Mutex<[String: NIOLoopBound<GatewayLoop>]>([:])

    subscript(domain: String) -> NIOLoopBound<GatewayLoop>? { gateways.withLock { $0[domain] } }

    /// All gateways in the order of their domains.
    var all: [(domain: String, gateway: NIOLoopBound<GatewayLoop>)] {
        gateways.withLock { $0 }.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    func add(_ gateway: NIOLoopBound<GatewayLoop>, domain: String) { gateways.withLock { $0[domain] = gateway } }

    func remove(_ domain: String) { gateways.withLock { $0[domain] = nil } }

    /// Forgets all gateways. Call it when they have ended.
    func removeAll() { gateways.withLock { $0 = [:] } }
}
