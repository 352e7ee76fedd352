import Foundation
import GatewayKit
import Logging
import Operations
import Registry
import Testing

@testable import martlet

@Suite("The status page")
struct StatusPageTests {
    private let health = HealthRegistry()
    private let faults = RecentFaults()
    private let measured = MeasuredState()

    private func page(now: Double = 100_000) -> String {
        StatusPage(health: health, faults: faults, measured: measured, started: 0).html(now: now)
    }

    private func log(_ level: Logger.Level, _ words: String, _ metadata: Logger.Metadata = [:]) {
        var settings = LogSettings()
        settings.faults = faults
        var handler = LineLogHandler(label: "sms.example.org", settings: settings, now: { 99_990 }, sink: { _ in })
        handler.metadata = metadata
        Logger(label: "sms.example.org") { _ in handler }.log(level: level, "\(words)")
    }

    @Test("every text from outside is escaped, so that it cannot add elements")
    func escaped() {
        let evil = "<img src=x onerror='alert(1)'>\u{202E}&\""
        health.set(evil, .failing(evil))
        measured.set(GatewaySample(networks: [NetworkID("<b>")]), of: evil)
        log(.error, evil, ["reason": "\(evil)"])
        let page = page()
        #expect(!page.contains("<img") && !page.contains("<b>") && !page.contains("\u{202E}"))
        #expect(page.contains("&lt;img src=x onerror=&#39;alert(1)&#39;&gt; &amp;&quot;"))
    }

    @Test("the page shows states with reasons, queues, the time since the start, and loads nothing from elsewhere")
    func content() {
        health.set("registry", .ok)
        health.set("stream of irc.example.org", .failing("connection refused"))
        var sample = GatewaySample(networks: [NetworkID("libera")])
        sample.sessions = [NetworkID("libera"): 3, GatewaySample.otherNetworks: 2]
        measured.set(sample, of: "irc.example.org")
        let oldest = QueueCount(
            network: NetworkID("main"), state: .waiting, messages: 7, oldest: .init(secondsSince1970: 100_000 - 3_700))
        measured.set([oldest], of: "sms.example.org")
        let page = page()
        for words in [
            "some parts do not work", "connection refused", "up for 1 d 3 h", "libera", "others", "wait to be sent",
            "1 h 1 min", "None since the start.", "Content-Security-Policy", "name=\"viewport\"",
        ] {
            #expect(page.contains(words), "\(words)")
        }
        #expect(!page.contains("<script") && !page.contains("src=") && !page.contains("https:"))
    }

    @Test("warnings and errors are kept without the fields that may name users, and equal ones count as one")
    func faultsAreKept() {
        log(.info, "not a fault")
        for _ in 0..<3 { log(.warning, "a message failed", ["user": "anna@example.org", "reason": "no credit"]) }
        #expect(faults.all.map(\.words) == ["a message failed; reason: no credit"])
        #expect(faults.all.first?.count == 3)
        for number in 0..<100 { log(.error, "fault \(number)") }
        #expect(faults.all.count == RecentFaults.most && faults.all.first?.words == "fault 99")
        #expect(!page().contains("anna@example.org"))
    }

    @Test("a secret in a record is not kept")
    func secret() {
        log(.error, "login failed", ["reason-password": "hunter2", "why": "wrong password"])
        #expect(faults.all.map(\.words) == ["login failed; why: wrong password"])
    }
}
