import Synchronization

/// Whether the parts of the process work. The owner of a part reports a change here, and `/health` shows all parts.
package final class HealthRegistry: Sendable {
    private let checks = Mutex<[String: HealthState]>([:])

    package init() {}

    /// Notes the state of a part, for example `link irc.localhost`. Call it from any thread.
    package func set(_ name: String, _ state: HealthState) { checks.withLock { $0[name] = state } }

    /// Forgets a part that has ended; it does not count any more.
    package func remove(_ name: String) { checks.withLock { $0[name] = nil } }

    package func report() -> HealthReport { HealthReport(checks: checks.withLock { $0 }) }
}

package enum HealthState: Hashable, Sendable {
    case ok
    /// The part does not work, with the reason for an operator. Everybody who may read `/health` sees the reason, so
    /// it holds no secrets.
    case failing(String)
}

/// All states at one moment.
package struct HealthReport: Hashable, Sendable {
    package var checks: [String: HealthState]

    /// True if no part fails, and also if there is no part.
    package var isHealthy: Bool { checks.values.allSatisfy { $0 == .ok } }

    /// The HTTP status: 200, or 503 if any part fails.
    package var status: Int { isHealthy ? 200 : 503 }

    package static let contentType = "application/json"

    /// `{"status":"failing","checks":{"link irc.localhost":{"status":"failing","reason":"…"}}}`, sorted by name.
    package var json: String {
        let list = checks.sorted { $0.key < $1.key }.map { name, state in
            switch state {
            case .ok: "\(JSONText.quoted(name)):{\"status\":\"ok\"}"
            case .failing(let reason):
                "\(JSONText.quoted(name)):{\"status\":\"failing\",\"reason\":\(JSONText.quoted(reason))}"
            }
        }
        return "{\"status\":\"\(isHealthy ? "ok" : "failing")\",\"checks\":{\(list.joined(separator: ","))}}\n"
    }
}
