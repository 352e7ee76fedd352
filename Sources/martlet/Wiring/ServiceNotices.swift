import NIOCore
import Operations
import ServiceLifecycle

/// Sends notices to the service manager that has started the program (`Type=notify` of systemd). They say when every
/// gateway is up or has reported why it is not, which parts do not work, and that the event loops still run.
struct ServiceNotices: Service {
    private let socket: Readiness
    private let health: HealthRegistry
    private let loops: [any EventLoop]

    /// - Parameter loops: the loops of the gateways.
    init(to socket: Readiness, health: HealthRegistry, loops: [any EventLoop]) {
        self.socket = socket
        self.health = health
        self.loops = loops
    }

    func run() async {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                group.addTask { await tellStates() }
                group.addTask { await tellLife() }
            }
        }
    }

    private func tellStates() async {
        for await report in health.reports() {
            report.isComplete ? socket.started(report.summary) : socket.status(report.summary)
        }
    }

    /// Sends a sign of life each time all loops have run a task. If a loop hangs, no further sign is sent, and the
    /// watchdog of the service manager restarts the program.
    private func tellLife() async {
        guard let pause = socket.pauseBetweenSigns else { return }
        do {
            while true {
                for loop in loops { try await loop.submit {}.get() }
                socket.alive()
                try await Task.sleep(for: pause)
            }
        } catch {
            // The program ends: the task is cancelled, or a loop is closed.
            return
        }
    }
}
