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
    var faults = RecentFaults()
    /// The configured levels of the log; nil in tests without a log.
    var configuredLevels: LogLevels?

    /// Starts the logging and metrics systems of the process. A process can do this only once.
    static func start(_ settings: LogConfiguration) -> OperationsSetUp {
        let levels = LogLevelOverride()
        var log = LogSettings(
            format: settings.format == .json ? .json : .text, level: settings.loggedLevel,
            levels: settings.loggedLevels)
        log.override = levels
        let faults = RecentFaults()
        log.faults = faults
        let configured = LogLevels(log)
        log.shared = configured
        log.bootstrap()
        let registry = PrometheusRegistry()
        for metric in MetricCatalogue.all { registry.describe(metric.name, metric.help) }
        MetricsSystem.bootstrap(registry)
        return OperationsSetUp(
            metrics: registry, health: HealthRegistry(), levels: levels, faults: faults,
            configuredLevels: configured)
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
        let written = Counter(label: "martlet_registry_commits_total", dimensions: [("result", "written")])
        let failed = Counter(label: "martlet_registry_commits_total", dimensions: [("result", "failed")])
        let changes = Counter(label: "martlet_registry_changes_total")
        let time = Timer(label: "martlet_registry_commit_seconds")
        return StorageWatch(
            onChange: { [health] reason in
                health.set(Self.registryCheck, reason.map { .failing("\($0)") } ?? .ok)
            },
            onCommit: { report in
                (report.isWritten ? written : failed).increment()
                changes.increment(by: report.changes)
                time.recordNanoseconds(Int64(report.time / .nanoseconds(1)))
            })
    }
}

extension LogConfiguration {
    /// The level of all parts that `loggedLevels` does not name.
    var loggedLevel: Logger.Level { Logger.Level(rawValue: level.rawValue) ?? .info }

    /// The levels of single parts.
    var loggedLevels: [String: Logger.Level] { levels.compactMapValues { Logger.Level(rawValue: $0.rawValue) } }
}
