import Foundation
import GatewayKit
import HTTP
import Logging
import Operations
import Registry
import SQLiteStore
import Settings
import Synchronization
import Testing

@testable import martlet

@Suite("Messages to the operator")
struct OperatorTests {
    /// The lines of a log in the given format.
    private func lines(_ format: LogSettings.Format, _ body: (Logger) -> Void) -> [String] {
        let lines = Lines()
        body(
            Logger(label: "martlet") { label in
                LineLogHandler(label: label, settings: LogSettings(format: format)) { lines.add($0) }
            })
        return lines.all
    }

    private final class Lines: Sendable {
        private let stored = Mutex<[String]>([])
        var all: [String] { stored.withLock { $0 } }
        func add(_ bytes: [UInt8]) { stored.withLock { $0.append(String(decoding: bytes, as: UTF8.self)) } }
    }

    @Test("A warning about the configuration is logged as a normal record", arguments: LogSettings.Format.allCases)
    func warnings(format: LogSettings.Format) {
        let place = ConfigPlace(file: "m.yaml", line: 3, column: 1)
        let problem = ConfigProblem(.warning, at: place, key: "gateways.a.secret", "a secret in the file itself")
        let lines = lines(format) { $0.report([problem]) }
        #expect(lines.count == 1)
        switch format {
        case .text:
            #expect(
                lines[0].hasSuffix(
                    " warning martlet: configuration: a secret in the file itself place=m.yaml:3 "
                        + "setting=gateways.a.secret\n"))
        case .json:
            #expect(lines[0].hasPrefix("{\"time\":") && lines[0].contains("\"level\":\"warning\""))
        }
    }

    @Test("Running as root gives a warning, running as another user does not")
    func root() {
        #expect(
            lines(.text) { RunningUser.warnIfRoot($0, user: 0) }.first?.contains("warning martlet: running as root")
                == true)
        #expect(lines(.text) { RunningUser.warnIfRoot($0, user: 1000) }.isEmpty)
    }

    @Test(
        "An address is prepared as servers prepare it before it is compared",
        arguments: [
            ("ſolo@example.org", "solo@example.org"), ("solo@example.org", "solo@example.org"),
            ("ｂob@example.org", "bob@example.org"), ("bo\u{200B}b@example.org", "bob@example.org"),
            ("b\u{202E}ob@example.org", nil), ("ex\u{AD}ample.org", "example.org"),
            ("bücher.example", "bücher.example"),
        ] as [(String, String?)])
    func preparation(text: String, prepared: String?) { #expect(ExternalChecks.system.prepared(text) == prepared) }

    @Test("A folder is no registry")
    func folder() { #expect(ExternalChecks.system.registryFlaw("/etc")?.hasPrefix("is a folder") == true) }

    @Test("From the start, health tells whether the registry can be written, and if not, the reason")
    func health() throws {
        let health = HealthRegistry()
        let operations = OperationsSetUp(
            metrics: PrometheusRegistry(), health: health, levels: LogLevelOverride())
        let watch = operations.watchRegistry()
        #expect(health.report().checks == ["registry": .ok])
        watch.onChange(.unavailable("the disk is full"))
        #expect(health.report().checks == ["registry": .failing("the disk is full")])
        #expect(health.report().status == 503)
        watch.onChange(nil)
        #expect(health.report().status == 200)
    }
}
