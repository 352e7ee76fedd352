import Basics
import Logging
import Networking
import Testing
import XML

@testable import ComponentLink

@Suite("Link failures")
struct LinkFailureTests {
    private func settings() throws -> ComponentSettings {
        try ComponentSettings(
            domain: "irc.example.org", server: Endpoint(host: "127.0.0.1", port: 5347), secret: Secret("harbour"),
            configurationPath: "gateways.irc.example.org")
    }

    @Test(
        "one line names the settings to look at, here and at the server",
        arguments: [
            (LinkFailure.refused, ["gateways.irc.example.org.secret", "component_secret", "ejabberd_service"]),
            (.hostUnknown, ["Component \"irc.example.org\"", "hosts:", "gateways.irc.example.org.server"]),
            (.conflict, ["connected", "another process"]),
            (
                .dial(.refused(Endpoint(host: "127.0.0.1", port: 5347))),
                ["127.0.0.1:5347 refuses the connection", "gateways.irc.example.org.server", "component_ports"]
            ),
            (.notForComponents("stream error invalid-namespace"), ["invalid-namespace", "component_ports"]),
            (.noHandshake, ["127.0.0.1:5347", "gateways.irc.example.org.server"]),
            (.fenceLost, ["another process"]),
            (.badXML(.restricted), ["restricted-xml", "unknown sender"]),
            (.badXML(.notWellFormed, sender: "mallory@x.test/r"), ["not-well-formed", "mallory@x.test/r"]),
            (.streamError(condition: "system-shutdown", text: "restarting"), ["system-shutdown, restarting"]),
        ])
    func explains(failure: LinkFailure, words: [String]) throws {
        let line = failure.explanation(try settings())
        for word in words { #expect(line.contains(word)) }
        #expect(!line.contains("\n") && !line.contains("harbour"))
    }

    @Test(
        "conditions of stream errors have their meaning",
        arguments: [
            ("not-authorized", LinkFailure.refused), ("host-unknown", .hostUnknown), ("host-gone", .hostUnknown),
            ("conflict", .conflict), ("invalid-namespace", .notForComponents("stream error invalid-namespace")),
            ("system-shutdown", .streamError(condition: "system-shutdown", text: "t")),
        ])
    func conditions(condition: String, failure: LinkFailure) {
        #expect(LinkFailure(condition: condition, text: "t") == failure)
    }

    @Test("a failure is logged loudly once, and again after a success or another failure")
    func logsOnce() {
        var log = FailureLog()
        var levels = [LinkFailure.refused, .refused, .disconnected, .disconnected, .refused].map { log.level(for: $0) }
        #expect(levels == [.error, .debug, .warning, .debug, .error])
        log.succeeded()
        levels = [.refused, .refused, .closed].map { log.level(for: $0) }
        #expect(levels == [.error, .debug, .info])
    }

    @Test(
        "a connection that cannot be made is an error if settings have to change, otherwise a warning",
        arguments: [
            (DialError.refused(Endpoint(host: "127.0.0.1", port: 5347)), Logger.Level.warning),
            (.timedOut(Endpoint(host: "127.0.0.1", port: 5347), during: .connecting), .warning),
            (.badSettings(reason: "no such file"), .error),
        ])
    func dialling(error: DialError, level: Logger.Level) {
        var log = FailureLog()
        #expect(log.level(for: .dial(error)) == level)
    }

    @Test("bad XML is logged loudly each time, because a user may be behind it")
    func badXMLIsAlwaysTold() {
        var log = FailureLog()
        let bad = LinkFailure.badXML(.notWellFormed, sender: "mallory@x.test")
        let levels = [bad, bad, .disconnected, .disconnected, bad, bad].map { log.level(for: $0) }
        #expect(levels == [.warning, .warning, .warning, .debug, .warning, .warning])
    }

    @Test("a secret shows itself nowhere but in the handshake")
    func redacted() {
        let secret = Secret("harbour")
        var dumped = ""
        dump(secret, to: &dumped)
        for text in ["\(secret)", String(reflecting: secret), dumped] { #expect(!text.contains("harbour")) }
        #expect(secret.reveal() == "harbour")
    }
}
