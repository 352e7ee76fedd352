import HTTP
import Logging
import Metrics
import Operations
import Registry
import SQLiteStore
import Settings

/// Sets up logging and metrics. Call `start` once, before any other part of the program.
struct OperationsSetUp {
    /// The name of the registry's check in `/health`.
    static let registryCheck = "registry"

    let metrics: PrometheusRegistry
    let health: HealthRegistry
    let levels: LogLevelOverride

    /// Starts the logging and metrics systems of the process. A process can do this only once.
    static func start(_ settings: LogConfiguration) -> OperationsSetUp {
        let levels = LogLevelOverride()
        var log = LogSettings(
            format: settings.format == .json ? .json : .text,
            level: Logger.Level(rawValue: settings.level.rawValue) ?? .info,
            levels: settings.levels.compactMapValues { Logger.Level(rawValue: $0.rawValue) })
        log.override = levels
        log.bootstrap()
        let registry = PrometheusRegistry()
        MetricsSystem.bootstrap(registry)
        return OperationsSetUp(metrics: registry, health: HealthRegistry(), levels: levels)
    }

    /// Adds `/metrics` and `/health` to a listener.
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
    /// Adds the registry's check to `/health`. Pass the watch to the store: it reports whether the registry can be
    /// written.
    func watchRegistry() -> StorageWatch {
        health.set(Self.registryCheck, .ok)
        return StorageWatch { [health] reason in
            health.set(Self.registryCheck, reason.map { .failing("\($0)") } ?? .ok)
        }
    }
}
