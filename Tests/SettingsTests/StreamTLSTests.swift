import Basics
import GatewayKit
import Testing

@testable import Settings

@Suite("The stream to the XMPP server")
struct StreamTLSTests {
    private static let pin = String(repeating: "ab", count: 32)

    private func load(_ lines: String) -> Loading.Loaded {
        Loading.load(gateway: "secret: {env: SECRET}, adapter: echo, \(lines)")
    }

    private func problems(_ lines: String) -> [String] {
        load(lines).problems.map { "\($0.key.replacing("gateways.a.example.org.", with: "")): \($0.text)" }
    }

    @Test("without a section, STARTTLS is used if it is offered, and certificates are checked in full")
    func defaults() throws {
        let gateway = try #require(load("roster: off").configuration?.gateways.first)
        #expect(gateway.tls == StreamTLS())
        #expect(gateway.tls.mode == .ifOffered && gateway.tls.check.isFull && gateway.tls.clientCertificate == nil)
        #expect(gateway.server == Endpoint(host: "127.0.0.1", port: 5347) && gateway.alternatives == [])
    }

    @Test("every key of the section is read")
    func whole() throws {
        let loaded = load(
            "tls: {mode: direct, name: x.example, ca-file: /ca, pin: \(Self.pin), certificate: /c, key: /k}")
        #expect(loaded.problems == [])
        let tls = try #require(loaded.configuration?.gateways.first?.tls)
        #expect(tls.mode == .direct && tls.name == "x.example" && tls.check.caFile == "/ca")
        #expect(tls.check.pins == [try #require(KeyPin(Self.pin))])
        #expect(tls.clientCertificate == StreamTLS.ClientCertificate(certificate: "/c", key: "/k"))
    }

    @Test(
        "a setting that tells the right server demands TLS, unless the mode is given",
        arguments: [
            ("pin: \(pin)", StreamTLS.Mode.required), ("ca-file: /ca", .required), ("name: x.example", .required),
            ("certificate: /c, key: /k", .required), ("verify: full", .ifOffered), ("pin: \(pin), mode: off", .off),
            ("name: x.example, mode: if-offered", .ifOffered), ("ca-file: /ca, mode: direct", .direct),
        ])
    func implied(keys: String, mode: StreamTLS.Mode) throws {
        let loaded = load("tls: {\(keys)}")
        #expect(loaded.problems == [])
        #expect(try #require(loaded.configuration?.gateways.first).tls.mode == mode)
    }

    @Test(
        "mistakes are reported at their key",
        arguments: [
            ("tls: {mode: starttls}", ["tls.mode: 'starttls' is not one of 'if-offered', 'required', 'direct', 'off'"]),
            ("tls: {certificate: /c}", ["tls.certificate: needs 'key'"]),
            ("tls: {key: /k}", ["tls.key: needs 'certificate'"]),
            ("tls: {name: \"\"}", ["tls.name: is empty"]),
            (
                "tls: {verify: none, ca-file: /ca}",
                ["tls.verify: 'none' contradicts 'ca-file' and 'pin', which demand a check. Remove one of them"]
            ),
            (
                "tls: {pin: [abc]}",
                ["tls.pin: 'abc' is not the SHA-256 of a public key (64 hexadecimal digits, or Base64)"]
            ),
            (
                "tls: {mode: if-offered, pin: \(pin)}",
                [
                    "tls.mode: 'if-offered' contradicts 'pin': an attacker who offers no TLS would get the handshake in"
                        + " clear text. Use 'required', or remove 'pin'"
                ]
            ),
            ("tls: {modes: off}", ["tls.modes: unknown key; did you mean 'mode'?"]),
            ("tls: yes", ["tls: a map of keys is expected here"]),
        ])
    func mistakes(lines: String, texts: [String]) {
        #expect(problems(lines) == texts)
        #expect(load(lines).configuration == nil)
    }

    @Test("the server may have several addresses, in order")
    func addresses() throws {
        let gateway = try #require(
            load("server: [\"127.0.0.1:1\", \"[::1]:2\", \"b.example:3\"]").configuration?.gateways.first)
        #expect(gateway.server == Endpoint(host: "127.0.0.1", port: 1))
        #expect(gateway.alternatives == [Endpoint(host: "::1", port: 2), Endpoint(host: "b.example", port: 3)])
    }

    @Test(
        "wrong, doubled and missing addresses are reported",
        arguments: [
            ("server: []", ["server: at least one HOST:PORT is needed"]),
            (
                "server: [\"a.example:1\", b.example]",
                ["server: 'b.example' is not HOST:PORT with a port from 1 to 65535, such as 127.0.0.1:5347"]
            ),
            ("server: [\"a.example:1\", \"a.example:1\"]", ["server: names a.example:1 twice"]),
            ("server: {a: 1}", ["server: a single value is expected here, not a list or map"]),
        ])
    func wrongAddresses(lines: String, texts: [String]) { #expect(problems(lines) == texts) }

    @Test("files that cannot be used are reported at their key")
    func files() {
        var external = ExternalChecks.none
        external.caFileFlaw = { "\($0) is missing" }
        external.identityFlaw = { "\($0) and \($1) are missing" }
        let loaded = MartletConfiguration.load(
            text: """
                registry: r
                gateways:
                  a.example.org:
                    {secret: x, adapter: echo, tls: {ca-file: /ca, certificate: /c, key: /k}}
                """, file: "m.yaml", secrets: SecretSources(environment: { $0 }, file: { $0 }),
            adapters: Loading.adapters, external: external)
        #expect(
            loaded.problems.filter { $0.severity == .error }.map { "\($0.key): \($0.text)" } == [
                "gateways.a.example.org.tls.ca-file: /ca is missing",
                "gateways.a.example.org.tls.certificate: /c and /k are missing",
            ])
    }
}
