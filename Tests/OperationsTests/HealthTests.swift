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

    @Test("a part that starts makes the whole incomplete, and 503")
    func starting() {
        let health = HealthRegistry()
        health.set("stream of irc.test", .starting)
        #expect(!health.report().isComplete && health.report().status == 503)
        #expect(health.report().summary == "stream of irc.test: starting")
        #expect(health.report().json.contains(#""stream of irc.test":{"status":"starting"}"#))
        health.set("stream of irc.test", .failing("refused"))
        #expect(health.report().isComplete && health.report().summary == "stream of irc.test: refused")
        health.set("stream of irc.test", .ok)
        #expect(health.report().summary == "All parts work.")
    }

    @Test("a reader gets the present report, then each change once")
    func reports() async {
        let health = HealthRegistry()
        health.set("a", .starting)
        var reports = health.reports().makeAsyncIterator()
        #expect(await reports.next()?.checks == ["a": .starting])
        health.set("a", .starting)
        health.set("a", .ok)
        #expect(await reports.next()?.checks == ["a": .ok])
    }

    @Test("each reader gets every change, also after another reader has ended")
    func severalReaders() async {
        let health = HealthRegistry()
        for await report in health.reports() where report.isComplete { break }
        var first = health.reports().makeAsyncIterator()
        var second = health.reports().makeAsyncIterator()
        #expect(await first.next()?.checks == [:])
        #expect(await second.next()?.checks == [:])
        health.set("a", .ok)
        #expect(await first.next()?.checks == ["a": .ok])
        #expect(await second.next()?.checks == ["a": .ok])
    }
}
