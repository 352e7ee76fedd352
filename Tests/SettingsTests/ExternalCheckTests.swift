import Basics
import GatewayKit
import Testing

@testable import Settings

@Suite("Faults that the file alone does not show")
struct ExternalCheckTests {
    /// A machine where files can only be in /var/lib/martlet, with servers that write ſ as s.
    private static let external = ExternalChecks(
        registryFlaw: { $0.hasPrefix("/var/lib/martlet/") ? nil : "is a folder" },
        keyFileFlaw: { $0.hasSuffix(".fifo") ? "is no regular file" : nil },
        prepared: { $0.contains("\u{202E}") ? nil : $0.replacing("ſ", with: "s").replacing("ｏ", with: "o") })

    private func problems(_ text: String) -> [String] {
        MartletConfiguration.load(
            text: text, file: "m.yaml", secrets: SecretSources(environment: { $0 }, file: { $0 }),
            adapters: Loading.adapters, external: Self.external
        ).problems.map { "\($0.place.line): \($0.key): \($0.text)" }
    }

    private func file(
        registry: String = "/var/lib/martlet/r", key: String = "k", allow: String = "a.example", admin: String = "o@a",
        gateway: String = "b.example"
    ) -> String {
        """
        registry: \(registry)
        registry-key: \(key)
        access:
          allow: [\(allow)]
          admins: [\(admin)]
        gateways:
          \(gateway): {secret: {env: SECRET}, adapter: echo}
        """
    }

    @Test("A file in which all is possible has no problem")
    func fine() { #expect(problems(file()) == []) }

    @Test("A path that cannot be the registry's or the key's is reported at its place")
    func paths() {
        #expect(problems(file(registry: "/etc")) == ["1: registry: is a folder"])
        #expect(problems(file(key: "/x.fifo")) == ["2: registry-key: is no regular file"])
        let missing = "registry: /var/lib/martlet/x\naccess: {allow: [a.example]}\ngateways: {}"
        #expect(!problems(missing).contains { $0.contains("registry:") })
    }

    @Test("An address that can never match is reported with its right form")
    func addresses() {
        let words = "can never match: servers write it as"
        #expect(
            problems(file(allow: "ſolo@a.example"))
                == ["4: access.allow: 'ſolo@a.example' \(words) 'solo@a.example'"])
        #expect(problems(file(allow: "ｏ.example")) == ["4: access.allow: 'ｏ.example' \(words) 'o.example'"])
        #expect(problems(file(admin: "ſ@a")) == ["5: access.admins: 'ſ@a' \(words) 's@a'"])
        #expect(problems(file(gateway: "ſ.example")) == ["7: gateways.ſ.example: 'ſ.example' \(words) 's.example'"])
        #expect(
            problems(file(admin: "\"b\\u202Eob@a\"")).first?.hasSuffix("is not an address that a server would send")
                == true)
    }

    @Test("Limits and proxies of the listeners are read, and their faults are reported")
    func listeners() throws {
        let text = file()
        let http = "\nhttp: {trusted-proxies: [10.0.0.0/8, \"2001:db8::1\"], connections: 50}\noperations:\n"
        let loaded = Loading.load(text + http)
        #expect(loaded.problems == [])
        let configuration = try #require(loaded.configuration)
        #expect(configuration.http?.connections == 50)
        #expect(configuration.http?.connectionsPerAddress == 50)
        #expect(configuration.http?.trustedProxies.count == 2)
        #expect(configuration.operations == Endpoint(host: "127.0.0.1", port: 9090))
        #expect(Loading.load(text).configuration?.operations == nil)
        let wrong = Loading.load(
            text
                + "\nhttp: {trusted-proxies: [proxy, 10.0.0.0/33], connections: 20, connections-per-address: 21}"
                + "\noperations: {listen: 127.0.0.1:8088, port: 1}")
        #expect(
            Loading.lines(wrong).map { String($0.split(separator: " ", maxSplits: 2)[2]) } == [
                "http.trusted-proxies: 'proxy' is not an address range such as 10.0.0.0/8 or 2001:db8::/32",
                "http.trusted-proxies: '10.0.0.0/33' is not an address range such as 10.0.0.0/8 or 2001:db8::/32",
                "http.connections-per-address: '21' is not a whole number from 1 to 20",
                "operations.listen: 127.0.0.1:8088 is the address of http.listen; another port is needed",
                "operations.port: unknown key; known here: listen",
            ])
    }
}
