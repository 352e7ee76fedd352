import Basics
import Logging
import NIOCore
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
            (.answersFor("b.test"), ["'b.test'", "not for irc.example.org", "gateways.irc.example.org.server"]),
            (.noHandshake, ["127.0.0.1:5347", "gateways.irc.example.org.server"]),
            (.fenceLost, ["another process"]),
            (.badXML(.restricted), ["restricted-xml", "unknown sender"]),
            (.badXML(.notWellFormed, sender: "mallory@x.test/r"), ["not-well-formed", "mallory@x.test/r"]),
            (.streamError(condition: "system-shutdown", text: "restarting"), ["system-shutdown, restarting"]),
            (.startTLSNotOffered, ["127.0.0.1:5347", "does not offer STARTTLS", "gateways.irc.example.org.tls.mode"]),
            (.startTLSRefused("<failure/>"), ["<failure/>", "gateways.irc.example.org.tls.mode"]),
            (.startTLSTimedOut, ["127.0.0.1:5347", "in time"]), (.clearTextAfterProceed, ["clear text", "attacks"]),
            (.encryptionDemanded("TLS is mandatory"), ["TLS is mandatory", "tls.mode to required"]),
            (.closedUnopened, ["port for components", "gateways.irc.example.org.tls.mode: direct"]),
            (
                .certificateRefused("unknown issuer"),
                ["unknown issuer", "gateways.irc.example.org.tls.certificate", "gateways.irc.example.org.tls.key"]
            ),
            (.closedAfterTLS, ["client certificate", "gateways.irc.example.org.tls.certificate"]),
            (
                .dial(.tlsFailed(Endpoint(host: "127.0.0.1", port: 5347), .clientCertificate)),
                ["gateways.irc.example.org.tls.certificate", "gateways.irc.example.org.tls.key"]
            ),
            (
                .dial(.tlsFailed(Endpoint(host: "127.0.0.1", port: 5347), .clearText)),
                ["clear text", "gateways.irc.example.org.tls.mode"]
            ),
            (.dial(.badSettings(reason: "the file x cannot be read")), ["gateways.irc.example.org.tls"]),
            (
                .dial(
                    .certificateNotTrusted(
                        Endpoint(host: "127.0.0.1", port: 5347), CertificateProblem(subject: "a", kind: .selfSigned))),
                ["self-signed", "gateways.irc.example.org.tls", "ca-file"]
            ),
        ])
    func explains(failure: LinkFailure, words: [String]) throws {
        let settings = try settings()
        let line = failure.explanation(settings, settings.server)
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

    /// The level for the failure of an attempt to open the link, or of an open link.
    private func level(
        _ log: inout FailureLog, _ failure: LinkFailure, at server: Endpoint, wasOpen: Bool = false, second: Int64 = 0
    ) -> Logger.Level {
        log.level(for: failure, at: server, wasOpen: wasOpen, now: .uptimeNanoseconds(UInt64(second) * 1_000_000_000))
    }

    @Test("a link that opens and breaks again and again is told once a minute, one that never opens once")
    func logsLoop() {
        var log = FailureLog()
        let seconds: [Int64] = [100, 130, 159, 160, 219, 220, 221]
        let open = seconds.map { level(&log, .fenceLost, at: Self.here, wasOpen: true, second: $0) }
        #expect(open == [.warning, .debug, .debug, .warning, .debug, .warning, .debug])
        let unopened = seconds.map { level(&log, .closedUnopened, at: Self.here, second: $0) }
        #expect(unopened == [.warning] + Array(repeating: .debug, count: 6))
    }

    @Test("a stream error about a certificate is not taken for a wrong secret")
    func certificates() {
        for condition in ["not-authorized", "policy-violation"] {
            let failure = LinkFailure(condition: condition, text: "Certificate has an unknown issuer")
            #expect(failure == .certificateRefused("Certificate has an unknown issuer") && failure.needsOperator)
        }
        #expect(LinkFailure(condition: "not-authorized", text: "unknown issuer") == .refused)
    }

    private static let here = Endpoint(host: "127.0.0.1", port: 5347)
    private static let there = Endpoint(host: "127.0.0.1", port: 5348)

    @Test("the failures of one address are no news of another")
    func logsEachAddress() {
        var log = FailureLog()
        let failures: [(LinkFailure, Endpoint)] = [
            (.refused, Self.here), (.disconnected, Self.there), (.refused, Self.here), (.disconnected, Self.there),
            (.refused, Self.there),
        ]
        let levels = failures.map { level(&log, $0, at: $1) }
        #expect(levels == [.error, .warning, .debug, .debug, .error])
    }

    @Test("an opened link is told at first, after a loud failure, and at another address")
    func logsOpenings() {
        var log = FailureLog()
        #expect(log.levelForOpening(at: Self.here) == .info)
        #expect(log.levelForOpening(at: Self.here) == .debug)
        #expect(log.levelForOpening(at: Self.there) == .info)
        _ = level(&log, .disconnected, at: Self.there)
        #expect(log.levelForOpening(at: Self.there) == .info)
        _ = level(&log, .disconnected, at: Self.there)
        #expect(log.levelForOpening(at: Self.there) == .debug)
    }

    @Test("a failure is logged loudly once, and again after a success or another failure")
    func logsOnce() {
        var log = FailureLog()
        var levels = [LinkFailure.refused, .refused, .disconnected, .disconnected, .refused]
            .map { level(&log, $0, at: Self.here) }
        #expect(levels == [.error, .debug, .warning, .debug, .error])
        log.succeeded()
        levels = [.refused, .refused, .closed].map { level(&log, $0, at: Self.here) }
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
        #expect(self.level(&log, .dial(error), at: Self.here) == level)
    }

    @Test("bad XML is logged loudly each time, because a user may be behind it")
    func badXMLIsAlwaysTold() {
        var log = FailureLog()
        let bad = LinkFailure.badXML(.notWellFormed, sender: "mallory@x.test")
        let levels = [bad, bad, .disconnected, .disconnected, bad, bad].map { level(&log, $0, at: Self.here) }
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
