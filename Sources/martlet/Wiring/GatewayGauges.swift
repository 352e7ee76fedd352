import ComponentLink
import GatewayCore
import GatewayKit
import Metrics
import Registry

/// The metrics of one gateway that are measured every few seconds.
struct GatewayGauges {
    /// A network and a state of its messages.
    private struct Queue: Hashable {
        let network: NetworkID
        let state: QueueCount.State
    }

    private let gateway: String
    private let streamUp: Gauge
    private let opened: GrowingCount
    private let received: GrowingCount
    private let sent: GrowingCount
    private let invalid: [GrowingCount]
    private let waitingBytes: Gauge
    private let rooms: Gauge
    private let users: Gauge
    private let heldBytes: Gauge
    private let unanswered: Gauge
    private let slices: Gauge
    private var sessions: [NetworkID: Gauge] = [:]
    private var queues: [Queue: (messages: Gauge, oldest: Gauge)] = [:]

    init(_ gateway: String) {
        self.gateway = gateway
        let labels = [("gateway", gateway)]
        func gauge(_ name: String) -> Gauge { Gauge(label: "martlet_\(name)", dimensions: labels) }
        func count(_ name: String, _ label: (String, String)? = nil) -> GrowingCount {
            GrowingCount(Counter(label: "martlet_\(name)", dimensions: labels + (label.map { [$0] } ?? [])))
        }
        streamUp = gauge("stream_up")
        opened = count("stream_opened_total")
        received = count("stream_stanzas_total", ("direction", "in"))
        sent = count("stream_stanzas_total", ("direction", "out"))
        invalid = ["too-large", "malformed", "unknown"].map { count("stream_refused_total", ("reason", $0)) }
        waitingBytes = gauge("stream_waiting_bytes")
        rooms = gauge("rooms")
        users = gauge("users_loaded")
        heldBytes = gauge("held_bytes")
        unanswered = gauge("registry_unanswered")
        slices = gauge("slices_waiting")
    }

    /// Sets all gauges that a sample of the gateway tells about.
    mutating func set(_ sample: GatewaySample) {
        streamUp.record(sample.isStreamOpen ? 1 : 0)
        opened.reach(sample.link.opened)
        received.reach(sample.link.received)
        sent.reach(sample.link.sent)
        let refused = [sample.link.oversized, sample.link.malformed, sample.link.unknownElements]
        for (count, number) in zip(invalid, refused) { count.reach(number) }
        waitingBytes.record(sample.outboundBytes)
        rooms.record(sample.sizes.rooms)
        users.record(sample.sizes.users)
        heldBytes.record(sample.sizes.heldBytes)
        unanswered.record(sample.unanswered)
        slices.record(sample.waitingSlices)
        for network in Set(sample.networks).union(sample.sessions.keys) where sessions[network] == nil {
            let labels = [("gateway", gateway), ("network", network.rawValue)]
            sessions[network] = Gauge(label: "martlet_sessions", dimensions: labels)
        }
        for (network, gauge) in sessions { gauge.record(sample.sessions[network] ?? 0) }
    }

    /// Sets the gauges of the ledger. States without a message are set to 0.
    ///
    /// - Parameter now: the time of day, in seconds since 1970.
    mutating func set(_ counts: [QueueCount], of networks: [NetworkID], now: Double) {
        for network in Set(networks).union(counts.map(\.network))
        where queues[Queue(network: network, state: .waiting)] == nil {
            for state in QueueCount.State.allCases { addQueue(Queue(network: network, state: state)) }
        }
        for (queue, gauges) in queues {
            let count = counts.first { $0.network == queue.network && $0.state == queue.state }
            gauges.messages.record(count?.messages ?? 0)
            gauges.oldest.record(count.map { max(0, now - $0.oldest.secondsSince1970) } ?? 0)
        }
    }

    private mutating func addQueue(_ queue: Queue) {
        let labels = [("gateway", gateway), ("network", queue.network.rawValue), ("state", queue.state.rawValue)]
        queues[queue] = (
            Gauge(label: "martlet_ledger_messages", dimensions: labels),
            Gauge(label: "martlet_ledger_oldest_seconds", dimensions: labels)
        )
    }
}

/// A counter that follows a number which something else counts.
final class GrowingCount {
    private let counter: Counter
    private var last = 0

    init(_ counter: Counter) { self.counter = counter }

    /// Counts on to a number. Ignores a smaller one.
    func reach(_ number: Int) {
        guard number > last else { return }
        counter.increment(by: number - last)
        last = number
    }
}
