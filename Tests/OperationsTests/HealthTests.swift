import Testing

@testable import Operations

@Suite("Health")
struct HealthTests {
    @Test("With nothing to fail all is well")
    func empty() {
        let report = HealthRegistry().report()
        #expect(report.status == 200)
        #expect(report.json == "{\"status\":\"ok\",\"checks\":{}}\n")
    }

    @Test("One failing part makes the whole 503 and says why")
    func failing() {
        let health = HealthRegistry()
        health.set("registry", .ok)
        health.set("link irc.localhost", .failing("refused: \"secret\"\n"))
        let report = health.report()
        #expect(report.status == 503)
        #expect(
            report.json == #"{"status":"failing","checks":{"link irc.localhost":"#
                + #"{"status":"failing","reason":"refused: \"secret\"\n"},"registry":{"status":"ok"}}}"# + "\n")
    }

    @Test("A part that recovers or goes counts no more")
    func recovery() {
        let health = HealthRegistry()
        health.set("a", .failing("x"))
        health.set("b", .failing("y"))
        health.set("a", .ok)
        health.remove("b")
        #expect(health.report().isHealthy)
    }
}
