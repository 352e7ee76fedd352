import Registry
import Synchronization

/// The latest measurements of all gateways, for the status page. Call it from any thread.
final class MeasuredState: Sendable {
    struct Gateway: Sendable {
        var sample = GatewaySample()
        /// The messages that wait; nil if the registry has not answered yet.
        var queues: [QueueCount]?
    }

    private let state = Mutex<[String: Gateway]>([:])

    /// The gateways by domain.
    var gateways: [String: Gateway] { state.withLock { $0 } }

    func set(_ sample: GatewaySample, of domain: String) {
        state.withLock { $0[domain, default: Gateway()].sample = sample }
    }

    func set(_ queues: [QueueCount], of domain: String) {
        state.withLock { $0[domain, default: Gateway()].queues = queues }
    }

    /// Forgets the gateways that are not among these.
    func keep(only domains: Set<String>) { state.withLock { $0 = $0.filter { domains.contains($0.key) } } }
}
