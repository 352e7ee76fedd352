import Foundation
import ServerRig
import Testing

extension Watching {
    @Test("the table of the manual lists the metrics that the program shows, and no others")
    func metricTable() async throws {
        let martlet = try Stage.deployment.martlet
        let page = try await HTTPExchange.get(port: martlet.operationsPort, "/metrics").body
        #expect(try MetricNames.documented() == MetricNames.exposed(page))
        for name in MetricNames.exposed(page).keys { #expect(page.contains("# HELP \(name) "), "\(name)") }
    }

    @Test("the figures of sessions, rooms, streams and the registry are true")
    func figures() async throws {
        let deployment = try Stage.deployment
        let meeting = try await Meeting.begin(on: .ngircd, in: deployment)
        let port = deployment.martlet.operationsPort
        func page() async throws -> String { try await HTTPExchange.get(port: port, "/metrics").body }
        func value(_ series: String, _ page: String) -> Double? {
            page.split(separator: "\n").first { $0.hasPrefix(series + " ") }
                .flatMap { $0.split(separator: " ").last }.flatMap { Double($0) }
        }
        let sessions = "martlet_sessions{gateway=\"\(deployment.irc)\",network=\"village\"}"
        let metrics = try await poll("a session in the metrics", within: .patience) {
            let page = try await page()
            return (value(sessions, page) ?? 0) >= 1 ? page : nil
        }
        #expect((value("martlet_rooms{gateway=\"\(deployment.irc)\"}", metrics) ?? 0) >= 1)
        #expect(value("martlet_stream_up{gateway=\"\(deployment.irc)\"}", metrics) == 1)
        #expect(value("martlet_stream_up{gateway=\"\(deployment.sms)\"}", metrics) == 1)
        #expect((value("martlet_registry_bytes{file=\"database\"}", metrics) ?? 0) > 0)
        #expect((value("process_resident_memory_bytes", metrics) ?? 0) > 10_000_000)
        #expect(value("martlet_account_paused{account=\"main\",gateway=\"\(deployment.sms)\"}", metrics) == 0)
        #expect((value("martlet_loop_lag_seconds_count{loop=\"0\"}", metrics) ?? 0) > 0)
        try await meeting.end()
    }

    @Test(
        "a real Prometheus loads the rules, and every query of the rules and the dashboard finds data",
        .enabled(if: FileManager.default.isExecutableFile(atPath: Prometheus.binary), "prometheus is not installed"))
    func prometheus() async throws {
        let deployment = try Stage.deployment
        try await Prometheus.checkRules(in: deployment.folder)
        let prometheus = try await Prometheus.start(watching: deployment.martlet, in: deployment.folder)
        do {
            try await checkQueries(prometheus)
        } catch {
            await prometheus.daemon.stop()
            throw error
        }
        await prometheus.daemon.stop()
    }

    private func checkQueries(_ prometheus: Prometheus) async throws {
        // A rate needs two readings.
        _ = try await poll("two readings", every: .milliseconds(200)) {
            // It refuses all queries until it has started.
            let count = try? await prometheus.series("rate(process_cpu_seconds_total[1m])")
            return (count ?? 0) > 0 ? () : nil
        }
        let rules = try await poll("Prometheus to evaluate the rules", every: .milliseconds(200)) {
            let rules = try await prometheus.rules()
            return rules.isEmpty || rules.contains { $0.health == "unknown" } ? nil : rules
        }
        for rule in rules { #expect(rule.health == "ok", "\(rule.name): \(rule.lastError)") }
        let queries = try Dashboard.queries()
        #expect(queries.count > 30)
        for query in queries {
            #expect(try await prometheus.series(query) > 0, "no data for \(query)")
        }
        for selector in (queries + rules.map(\.query)).flatMap(MetricNames.selectors) {
            #expect(try await prometheus.series(selector) > 0, "no data for \(selector)")
        }
    }
}
