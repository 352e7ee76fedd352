import Synchronization

/// Whether the parts of the process work. Their owners say so when it changes; `/health` renders it.
package final class HealthRegistry: Sendable {
    private let checks = Mutex<[String: HealthState]>([:])

    package init() {}

    /// Notes the state of a part, for example `link irc.localhost`. From any thread.
    package func set(_ name: String, _ state: HealthState) { checks.withLock { $0[name] = state } }

    /// The part is gone; it counts no more.
    package func remove(_ name: String) { checks.withLock { $0[name] = nil } }

    package func report() -> HealthReport { HealthReport(checks: checks.withLock { $0 }) }
}

package enum HealthState: Hashable, Sendable {
    case ok
    /// With words for an operator; shown to whoever may read `/health`, so without secrets.
    case failing(String)
}

/// All states at one moment.
package struct HealthReport: Hashable, Sendable {
    package var checks: [String: HealthState]

    /// True when nothing fails, and when there is nothing to fail.
    package var isHealthy: Bool { checks.values.allSatisfy { $0 == .ok } }

    /// For HTTP: 200, or 503 when anything fails.
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
