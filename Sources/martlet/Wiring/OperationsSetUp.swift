import HTTP
import Logging
import Metrics
import Operations
import Registry
import SQLiteStore
import Settings

/// Logging and metrics, set up once before anything else.
struct OperationsSetUp {
    /// The name in `/health` of the check whether the registry can be written.
    static let registryCheck = "registry"

    let metrics: PrometheusRegistry
    let health: HealthRegistry

    static func start(_ settings: LogConfiguration) -> OperationsSetUp {
        LogSettings(
            format: settings.format == .json ? .json : .text,
            level: Logger.Level(rawValue: settings.level.rawValue) ?? .info,
            levels: settings.levels.compactMapValues { Logger.Level(rawValue: $0.rawValue) }
        ).bootstrap()
        let registry = PrometheusRegistry()
        MetricsSystem.bootstrap(registry)
        return OperationsSetUp(metrics: registry, health: HealthRegistry())
    }

    /// `/metrics` and `/health` on a listener of their own.
    func serve(on listener: WebhookListener) {
        listener.route("/metrics", methods: [.get], isExact: true) { _, answer in
            answer(WebhookReply(status: 200, contentType: PrometheusRegistry.contentType, text: metrics.render()))
        }
        listener.route("/health", methods: [.get], isExact: true) { _, answer in
            let report = health.report()
            answer(WebhookReply(status: report.status, contentType: HealthReport.contentType, text: report.json))
        }
    }
}

extension OperationsSetUp {
    /// Makes `/health` tell from now on whether the registry can be written.
    func watchRegistry() -> StorageWatch {
        health.set(Self.registryCheck, .ok)
        return StorageWatch { [health] reason in
            health.set(Self.registryCheck, reason.map { .failing("\($0)") } ?? .ok)
        }
    }
}
