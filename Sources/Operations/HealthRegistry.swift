import Synchronization

/// Whether the parts of the process work. The owner of a part reports a change here, and `/health` shows all parts.
package final class HealthRegistry: Sendable {
    private struct State {
        var report = HealthReport(checks: [:])
        var watchers: [AsyncStream<HealthReport>.Continuation] = []
    }

    private let state = Mutex(State())

    package init() {}

    /// Notes the state of a part, for example `stream of irc.localhost`. Call it from any thread.
    package func set(_ name: String, _ new: HealthState) { change(name, new) }

    /// Forgets a part that has ended; it does not count any more.
    package func remove(_ name: String) { change(name, nil) }

    /// The present states of all parts. Call it from any thread.
    package func report() -> HealthReport { state.withLock { $0.report } }

    /// The present report, and each later one that differs from the report before. A slow reader gets only the newest
    /// report.
    package func reports() -> AsyncStream<HealthReport> {
        let (reports, watcher) = AsyncStream.makeStream(of: HealthReport.self, bufferingPolicy: .bufferingNewest(1))
        state.withLock { state in
            watcher.yield(state.report)
            state.watchers.append(watcher)
        }
        return reports
    }

    private func change(_ name: String, _ new: HealthState?) {
        state.withLock { state in
            guard state.report.checks[name] != new else { return }
            state.report.checks[name] = new
            let report = state.report
            state.watchers.removeAll { $0.yield(report).isTerminated }
        }
    }
}

/// The state of a part of the process.
package enum HealthState: Hashable, Sendable {
    case ok
    /// The part has been started, and has neither worked nor failed yet.
    case starting
    /// The part does not work, with the reason for an operator. Everybody who may read `/health` sees the reason, so
    /// it holds no secrets.
    case failing(String)
}

extension AsyncStream.Continuation.YieldResult {
    /// Whether nobody reads the stream any more.
    fileprivate var isTerminated: Bool { if case .terminated = self { true } else { false } }
}

/// All states at one moment.
package struct HealthReport: Hashable, Sendable {
    package var checks: [String: HealthState]

    /// True if all parts work, and also if there is no part.
    package var isHealthy: Bool { checks.values.allSatisfy { $0 == .ok } }

    /// Whether each part works or has said why it does not.
    package var isComplete: Bool { !checks.values.contains(.starting) }

    /// One line for an operator: the parts that do not work, with their reasons.
    package var summary: String {
        let faults = checks.sorted { $0.key < $1.key }.compactMap { name, state in
            switch state {
            case .ok: nil as String?
            case .starting: "\(name): starting"
            case .failing(let reason): "\(name): \(reason)"
            }
        }
        return faults.isEmpty ? "All parts work." : faults.joined(separator: "; ")
    }

    /// The HTTP status: 200, or 503 if any part does not work.
    package var status: Int { isHealthy ? 200 : 503 }

    package static let contentType = "application/json"

    /// `{"status":"failing","checks":{"link irc.localhost":{"status":"failing","reason":"…"}}}`, sorted by name.
    package var json: String {
        let list = checks.sorted { $0.key < $1.key }.map { name, state in
            switch state {
            case .ok: "\(JSONText.quoted(name)):{\"status\":\"ok\"}"
            case .starting: "\(JSONText.quoted(name)):{\"status\":\"starting\"}"
            case .failing(let reason):
                "\(JSONText.quoted(name)):{\"status\":\"failing\",\"reason\":\(JSONText.quoted(reason))}"
            }
        }
        return "{\"status\":\"\(isHealthy ? "ok" : "failing")\",\"checks\":{\(list.joined(separator: ","))}}\n"
    }
}
