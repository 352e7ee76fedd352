import HTTP
import Logging
import Metrics
import Operations
import Settings

/// Logging and metrics, set up once before anything else.
struct OperationsSetUp {
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

    /// `/metrics` and `/health` on the listener that takes the webhooks.
    func serve(on listener: WebhookListener) {
        listener.route("/metrics", methods: [.get]) { _, answer in
            answer(WebhookReply(status: 200, contentType: PrometheusRegistry.contentType, text: metrics.render()))
        }
        listener.route("/health", methods: [.get]) { _, answer in
            let report = health.report()
            answer(WebhookReply(status: report.status, contentType: HealthReport.contentType, text: report.json))
        }
    }
}
