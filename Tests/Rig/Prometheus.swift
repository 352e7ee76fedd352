import Foundation

/// Prometheus with the operator's files of `config/monitoring`, on a port and in a folder of the rig.
package struct Prometheus: Sendable {
    package static let binary = "/usr/bin/prometheus"

    package let daemon: Daemon
    private let port: Int

    /// Starts Prometheus, which reads the metrics of a Martlet once a second.
    package static func start(watching martlet: Martlet, in folder: RigFolder) async throws -> Prometheus {
        let home = try folder.make("prometheus")
        let source = RigResources.project + "/config/monitoring/"
        let file = try String(contentsOfFile: source + "prometheus.yml", encoding: .utf8)
            .replacing("127.0.0.1:9090", with: "127.0.0.1:\(martlet.operationsPort)").replacing("15s", with: "1s")
        let configuration = try folder.write(file, to: "prometheus/prometheus.yml")
        try folder.write(
            try String(contentsOfFile: source + "alerts.yml", encoding: .utf8), to: "prometheus/alerts.yml")
        return try await retryingBusyPorts {
            let port = try Port.free()
            let daemon = Daemon(
                "prometheus",
                Daemon.Command(
                    arguments: [
                        binary, "--config.file=\(configuration)", "--storage.tsdb.path=\(home)/data",
                        "--web.listen-address=127.0.0.1:\(port)",
                    ], folder: home, readiness: [.ports([port])]), in: folder)
            try await daemon.start()
            return Prometheus(daemon: daemon, port: port)
        }
    }

    /// Checks the rules with Prometheus' own tool. Throws its complaints.
    package static func checkRules(in folder: RigFolder) async throws {
        try await folder.run([
            "/usr/bin/promtool", "check", "rules", RigResources.project + "/config/monitoring/alerts.yml",
        ])
    }

    /// The result of a query: the number of its series. Throws the error of Prometheus.
    package func series(_ query: String) async throws -> Int {
        let data = try await get("query?query=" + HTTPExchange.encode(query)) as? [String: Any]
        return (data?["result"] as? [Any])?.count ?? 0
    }

    /// A rule as Prometheus has loaded it.
    package struct Rule: Sendable {
        package let name: String
        package let query: String
        /// `ok`, `err`, or `unknown` before the first evaluation.
        package let health: String
        package let lastError: String
    }

    package func rules() async throws -> [Rule] {
        let data = try await get("rules") as? [String: Any]
        let groups = data?["groups"] as? [[String: Any]] ?? []
        return groups.flatMap { $0["rules"] as? [[String: Any]] ?? [] }.map { rule in
            func text(_ key: String) -> String { rule[key] as? String ?? "" }
            return Rule(name: text("name"), query: text("query"), health: text("health"), lastError: text("lastError"))
        }
    }

    private func get(_ path: String) async throws -> Any? {
        // With HTTP/1.0 the body is not sent in chunks.
        let answer = try await HTTPExchange.send("GET /api/v1/\(path) HTTP/1.0\r\n\r\n", to: port)
        let object = try JSONSerialization.jsonObject(with: Data(answer.body.utf8)) as? [String: Any]
        guard object?["status"] as? String == "success" else {
            throw RigFailure("Prometheus refuses \(path): \(answer.body.shortened(to: 500))")
        }
        return object?["data"]
    }
}

/// The dashboard for Grafana.
package enum Dashboard {
    /// The queries of all panels, with the variables of Grafana replaced.
    package static func queries() throws -> [String] {
        let file = RigResources.project + "/config/monitoring/grafana-dashboard.json"
        let data = try Data(contentsOf: URL(fileURLWithPath: file))
        let board = try JSONSerialization.jsonObject(with: data) as? [String: Any]
        let panels = board?["panels"] as? [[String: Any]] ?? []
        return panels.flatMap { $0["targets"] as? [[String: Any]] ?? [] }.compactMap { $0["expr"] as? String }.map {
            $0.replacing("$gateway", with: ".+").replacing("$__rate_interval", with: "1m")
        }
    }
}
