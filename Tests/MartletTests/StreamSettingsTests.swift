import Basics
import ComponentLink
import GatewayKit
import Networking
import Settings
import Testing

@testable import martlet

@Suite("The settings of a gateway's stream")
struct StreamSettingsTests {
    private func settings(_ lines: String) throws -> ComponentSettings {
        let loaded = MartletConfiguration<String>.load(
            text: "registry: r\ngateways: {a.example.org: {secret: s, adapter: none, \(lines)}}", file: "m.yaml",
            secrets: SecretSources(environment: { $0 }, file: { $0 }),
            adapters: ["none": { _ in AdapterSection("") }])
        return try ComponentSettings(try #require(loaded.configuration?.gateways.first))
    }

    @Test("addresses and certificates are as the file says")
    func whole() throws {
        let pin = String(repeating: "ab", count: 32)
        let settings = try settings(
            "server: [\"a.example:1\", \"b.example:2\"],"
                + " tls: {mode: required, name: x.example, ca-file: /ca, pin: \(pin), certificate: /c, key: /k}")
        #expect(settings.server == Endpoint(host: "a.example", port: 1))
        #expect(settings.alternatives == [Endpoint(host: "b.example", port: 2)])
        #expect(settings.configurationPath == "gateways.a.example.org")
        let tls = TLSSettings(
            serverName: "x.example", verify: .pinned([pin]), trustRoots: .file("/ca"),
            clientCertificate: .files(TLSIdentityFiles(certificate: "/c", key: "/k")))
        #expect(settings.encryption == StreamEncryption(.required, tls))
    }

    @Test(
        "each mode has its meaning",
        arguments: [
            ("if-offered", StreamEncryption.Mode.ifOffered), ("required", .required), ("direct", .direct),
            ("off", .off),
        ])
    func modes(word: String, mode: StreamEncryption.Mode) throws {
        let encryption = try settings("tls: {mode: \(word), verify: none}").encryption
        #expect(encryption == StreamEncryption(mode, TLSSettings(verify: .none)))
    }

    @Test("the default is STARTTLS if it is offered, with a full check")
    func defaults() throws { #expect(try settings("roster: off").encryption == StreamEncryption()) }
}
