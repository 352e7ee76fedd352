import GatewayCore
import Logging
import Operations
import Registry

/// Answers the requests of operators that concern the whole program.
struct ProgramControl: Sendable {
    /// Maximum of counters in an answer.
    private static let mostCounters = 200

    let metrics: PrometheusRegistry
    let levels: LogLevelOverride
    /// Carries out `ProgramRequest.reload`. `GatewayLoop` calls it in place of `answer`, because reading a file takes
    /// too long for an event loop. Nil if the program has no file.
    var reload: ConfigReload?

    /// Carries out a request, and returns the lines for the operator.
    func answer(_ request: ProgramRequest) -> Result<any Sendable, RegistryError> {
        switch request {
        case .logLevel(let name):
            levels.level = name.flatMap(Logger.Level.init(rawValue:))
            return .success([
                name.map { "The level of the log is \($0) until the next start." }
                    ?? "The log has the levels of the configuration again."
            ])
        case .metrics: return .success(counters)
        case .reload: return .failure(.unavailable("no configuration file"))
        }
    }

    /// The counters and gauges that are not zero, without comments and histograms.
    private var counters: [String] {
        let lines = metrics.render().split(separator: "\n").filter { line in
            !line.hasPrefix("#") && !line.hasSuffix(" 0") && !line.contains("_bucket{")
        }
        let shown = lines.prefix(Self.mostCounters).map(String.init)
        return lines.count > shown.count ? shown + ["… and \(lines.count - shown.count) more"] : shown
    }
}
