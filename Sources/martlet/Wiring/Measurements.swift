import Foundation
import HTTP
import Metrics
import NIOCore
import Operations
import Registry
import ServiceLifecycle

/// Measures what nothing counts by itself: sessions, queues, sizes, and how late the event loops are. It works beside
/// the message path: each gateway is asked for one sample every few seconds.
struct Measurements: Service {
    /// The time between two samples of a gateway.
    static let pause = Duration.seconds(5)
    /// The time between two looks at a loop.
    private static let lagPause = Duration.seconds(1)
    /// Samples between two counts of the ledger's messages, which the registry has to read.
    private static let samplesPerCount = 3

    let gateways: GatewayDirectory
    let loops: [any EventLoop]
    let registry: any Store
    /// The path of the registry's file.
    let registryFile: String
    let health: HealthRegistry
    let listeners: [(name: String, listener: WebhookListener)]
    let state: MeasuredState
    /// The time of the program's start, in seconds since 1970.
    let started: Double

    func run() async {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                for (number, loop) in loops.enumerated() { group.addTask { await measureLag(of: loop, number) } }
                group.addTask { await measure() }
            }
        }
    }

    /// Asks a loop again and again to run a task, and records how long the task has waited.
    private func measureLag(of loop: any EventLoop, _ number: Int) async {
        let lag = Metrics.Timer(label: "martlet_loop_lag_seconds", dimensions: [("loop", "\(number)")])
        do {
            while true {
                let asked = NIODeadline.now()
                let wait = try await loop.submit { NIODeadline.now() - asked }.get()
                lag.recordNanoseconds(wait.nanoseconds)
                try await Task.sleep(for: Self.lagPause)
            }
        } catch {
            // The program ends: the task is cancelled, or the loop is closed.
            return
        }
    }

    private func measure() async {
        var own = ProgramGauges(registryFile: registryFile, started: started, listeners: listeners)
        var gauges: [String: GatewayGauges] = [:]
        var round = 0
        do {
            while true {
                own.measure(health.report())
                let running = gateways.all
                state.keep(only: Set(running.map(\.domain)))
                for (domain, gateway) in running {
                    let sample = try await gateway.eventLoop.submit { gateway.value.sample() }.get()
                    gauges[domain, default: GatewayGauges(domain)].set(sample)
                    state.set(sample, of: domain)
                    if round % Self.samplesPerCount == 0 { await count(domain, sample, &gauges) }
                }
                round += 1
                try await Task.sleep(for: Self.pause)
            }
        } catch {
            // As above.
            return
        }
    }

    private func count(_ domain: String, _ sample: GatewaySample, _ gauges: inout [String: GatewayGauges]) async {
        guard sample.isStored else { return }
        // While the registry cannot be read, the last counts stay. The health report names the fault.
        guard let counts = try? await registry.read(QueueCounts(gateway: domain)) else { return }
        gauges[domain]?.set(counts, of: sample.networks, now: Date().timeIntervalSince1970)
        state.set(counts, of: domain)
    }
}
