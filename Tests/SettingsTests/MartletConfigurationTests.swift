import Basics
import Foundation
import GatewayKit
import Testing

@testable import Settings

@Suite struct MartletConfigurationTests {
    @Test("A small file is enough, and everything else has its default")
    func small() throws {
        let loaded = Loading.load(
            """
            registry: /var/lib/martlet/r.sqlite
            access: {allow: [example.org]}
            gateways:
              echo.example.org: {secret: {env: SECRET}, adapter: echo}
            """)
        #expect(loaded.problems == [])
        let configuration = try #require(loaded.configuration)
        #expect(configuration.registry == "/var/lib/martlet/r.sqlite")
        #expect(configuration.registryKey == nil)
        #expect(configuration.access == AccessRules(allow: AccessList(["example.org"])))
        #expect(configuration.http == nil)
        #expect(configuration.log == LogConfiguration())
        let gateway = try #require(configuration.gateways.first)
        #expect(gateway.domain == "echo.example.org")
        #expect(gateway.server == Endpoint(host: "127.0.0.1", port: 5347))
        #expect(gateway.secret == Secret("s3cret"))
        #expect(gateway.adapterID == "echo")
        #expect(gateway.settings == "hello")
    }

    @Test("Every key is read, and gateways keep the order of the file")
    func whole() throws {
        let loaded = Loading.load(
            """
            registry: r
            registry-key: k
            access: {allow: [example.org, "*", ann@example.net], admins: [ops@example.org]}
            http: {listen: "[::1]:9000", public-url: "https://gw.example.org/martlet"}
            log: {level: debug, format: json, levels: {irc: trace}}
            gateways:
              z.example.org: {server: "xmpp.example.org:5348", secret: {file: /s}, adapter: phone, phone: {number: 1}}
              a.localhost: {secret: {env: SECRET}, adapter: echo, echo: {greeting: hi}}
            """)
        #expect(loaded.problems == [])
        let configuration = try #require(loaded.configuration)
        #expect(configuration.registryKey == "k")
        #expect(configuration.access.allow == AccessList(["example.org", "*", "ann@example.net"]))
        #expect(configuration.access.admins == ["ops@example.org"])
        #expect(
            configuration.http
                == HTTPSettings(
                    listen: Endpoint(host: "::1", port: 9000), publicURL: "https://gw.example.org/martlet"))
        #expect(configuration.log == LogConfiguration(level: .debug, format: .json, levels: ["irc": .trace]))
        #expect(configuration.gateways.map(\.domain) == ["z.example.org", "a.localhost"])
        #expect(configuration.gateways.map(\.settings) == ["1", "hi"])
        #expect(configuration.gateways[0].server == Endpoint(host: "xmpp.example.org", port: 5348))
        #expect(configuration.gateways[0].secret == Secret("from /s"))
    }

    @Test("All problems are reported at once, in the order of the file, adapters' own among them")
    func everything() {
        let loaded = Loading.load(
            """
            registry:
            acces: {}
            access: {allow: [Example.org, "a@b@c", ok.example.org], admins: [example.org, a@b/c]}
            http: {listen: "127.0.0.1:99999", public-url: "https://gw.example.org/"}
            log: {level: loud}
            gateways:
              user@sms.example.org: {secret: {env: SECRET}, adapter: echo, ech: {}}
              irc.example.org:
                server: 127.0.0.1
                adapter: ircd
                ircd: {anything: goes}
              sms.example.org: {secret: {env: UNSET}, adapter: phone, phone: {numbr: 1}}
              mute.example.org: {secret: "", adapter: mute, mute: {}}
            """)
        #expect(loaded.configuration == nil)
        #expect(
            Loading.lines(loaded) == [
                "m.yaml:1:10: error: registry: required, but missing",
                "m.yaml:2:1: error: acces: unknown key; did you mean 'access'?",
                "m.yaml:3:18: error: access.allow: 'Example.org' has capital letters; write example.org",
                "m.yaml:3:31: error: access.allow: 'a@b@c' has an @: a domain alone is expected, such as irc.example.org",
                "m.yaml:3:66: error: access.admins: 'example.org' is not a bare JID such as ops@example.org",
                "m.yaml:3:79: error: access.admins: 'a@b/c' has a resource after the /; write it without",
                "m.yaml:4:16: error: http.listen: '127.0.0.1:99999' is not HOST:PORT with a port from 1 to 65535, "
                    + "such as 127.0.0.1:8088",
                "m.yaml:4:47: error: http.public-url: write it without the slash at the end",
                "m.yaml:5:14: error: log.level: 'loud' is not one of 'trace', 'debug', 'info', 'notice', 'warning', "
                    + "'error', 'critical'",
                "m.yaml:7:3: error: gateways.user@sms.example.org: 'user@sms.example.org' has an @: a domain alone is "
                    + "expected, such as irc.example.org",
                "m.yaml:7:64: error: gateways.user@sms.example.org.ech: unknown key; did you mean 'echo'?",
                "m.yaml:9:5: error: gateways.irc.example.org.secret: required, but missing: {env: NAME} or {file: PATH}",
                "m.yaml:9:13: error: gateways.irc.example.org.server: '127.0.0.1' is not HOST:PORT with a port from 1 "
                    + "to 65535, such as 127.0.0.1:5347",
                "m.yaml:10:14: error: gateways.irc.example.org.adapter: there is no adapter 'ircd'; known are echo, "
                    + "mute, phone",
                "m.yaml:12:29: error: gateways.sms.example.org.secret: the environment variable UNSET is not set; "
                    + "set it or use {file: PATH}",
                "m.yaml:12:66: error: gateways.sms.example.org.phone.number: required, but missing",
                "m.yaml:12:67: error: gateways.sms.example.org.phone.numbr: unknown key; did you mean 'number'?",
                "m.yaml:13:30: warning: gateways.mute.example.org.secret: a secret in the file itself: use "
                    + "{env: NAME} or {file: PATH} to keep it out of backups",
                "m.yaml:13:30: error: gateways.mute.example.org.secret: is empty",
            ])
    }

    @Test("A literal secret is a warning and does not stop")
    func warning() {
        let loaded = Loading.load(gateway: "secret: abc, adapter: echo")
        #expect(loaded.configuration?.gateways.first?.secret == Secret("abc"))
        #expect(loaded.problems.map(\.severity) == [.warning])
    }

    @Test(
        "A missing required key is reported",
        arguments: [
            ("access: {allow: [a]}\ngateways: {a.b: {secret: {env: SECRET}, adapter: echo}}", "registry"),
            (
                "registry: r\naccess: {allow: []}\ngateways: {a.b: {secret: {env: SECRET}, adapter: echo}}",
                "access.allow"
            ),
            ("registry: r\naccess: {allow: [a]}", "gateways"),
            ("registry: r\naccess: {allow: [a]}\ngateways: {}", "gateways"),
            ("registry: r\naccess: {allow: [a]}\ngateways: {a.b: {adapter: echo}}", "gateways.a.b.secret"),
            ("registry: r\naccess: {allow: [a]}\ngateways: {a.b: {secret: {env: SECRET}}}", "gateways.a.b.adapter"),
        ])
    func required(text: String, key: String) {
        let loaded = Loading.load(text)
        #expect(loaded.configuration == nil)
        #expect(loaded.problems.map(\.key) == [key])
    }

    @Test("Without an adapter's name its section is not called unknown as well")
    func sectionWithoutAdapter() {
        let loaded = Loading.load(gateway: "secret: {env: SECRET}, phone: {number: 1}")
        #expect(loaded.problems.map(\.key) == ["gateways.a.example.org.adapter"])
    }

    @Test("An adapter that refuses its section without a word is not the end of words", arguments: ["", ", mute: {}"])
    func silentAdapter(section: String) {
        let loaded = Loading.load(gateway: "secret: {env: SECRET}, adapter: mute\(section)")
        #expect(loaded.configuration == nil)
        #expect(loaded.problems.map(\.key) == ["gateways.a.example.org.mute"])
        #expect(loaded.problems.map(\.text) == ["the section cannot be used"])
    }

    @Test("An adapter that needs webhooks needs http with a public address; others do not")
    func webhooks() {
        let phone = "secret: {env: SECRET}, adapter: phone, phone: {number: 1}"
        let file = "registry: r\naccess: {allow: [a]}\ngateways: {a.b: {\(phone)}}"
        #expect(
            Loading.lines(Loading.load(file)) == [
                "m.yaml:1:1: error: http: required, because the network of a.b reports by webhooks"
            ])
        #expect(
            Loading.lines(Loading.load(file + "\nhttp: {listen: '0.0.0.0:80'}")) == [
                "m.yaml:4:7: error: http.public-url: required, because the network of a.b reports by webhooks"
            ])
        let echo = Loading.load(
            "registry: r\naccess: {allow: [a]}\nhttp: {listen: '127.0.0.1:80'}\n"
                + "gateways: {a.b: {secret: {env: SECRET}, adapter: echo}}")
        #expect(echo.configuration?.http?.publicURL == "http://127.0.0.1:80")
    }

    @Test(
        "An address of ours that others could not call is refused",
        arguments: [
            "gw.example.org", "ftp://gw.example.org", "https://", "https://gw.example.org?x=1",
            "https://gw.example.org#x", "https://user@gw.example.org", "https://gw.example.org:0", "https://gw ex.org",
            "https://gw.example.org/", "https://gw.example.org/martlet/",
        ])
    func publicURL(url: String) {
        let loaded = Loading.load(
            "registry: r\naccess: {allow: [a]}\nhttp: {public-url: '\(url)'}\n"
                + "gateways: {a.b: {secret: {env: SECRET}, adapter: echo}}")
        #expect(loaded.problems.map(\.key) == ["http.public-url"])
    }

    @Test("Two gateways on one domain are refused where the domain stands")
    func twice() {
        let loaded = Loading.load("gateways:\n  a.b: {adapter: echo}\n  c.d: {adapter: echo}\n  a.b: {adapter: echo}")
        #expect(loaded.configuration == nil)
        #expect(loaded.problems.map(\.key) == ["a.b"])
        #expect(loaded.problems.map(\.place.line) == [2])
    }

    @Test("A file that is missing, too long or not UTF-8 is one problem with words")
    func files() throws {
        func load(_ path: String) -> [String] {
            MartletConfiguration.load(file: path, environment: [:], adapters: Loading.adapters).problems.map(\.line)
        }
        #expect(
            load("/nowhere/m.yaml") == [
                "/nowhere/m.yaml:1:1: error: the file cannot be read: No such file or directory"
            ])
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("m-\(UUID().uuidString).yaml")
        defer { try? FileManager.default.removeItem(at: file) }
        try Data([0x61, 0xFF]).write(to: file)
        #expect(load(file.path) == ["\(file.path):1:1: error: the file cannot be read: not UTF-8"])
        try Data(repeating: 0x20, count: (1 << 20) + 1).write(to: file)
        #expect(load(file.path) == ["\(file.path):1:1: error: the file cannot be read: longer than 1048576 bytes"])
    }

    @Test("A secret's file is read as it is, and a missing one has a reason")
    func secretFiles() throws {
        let folder = FileManager.default.temporaryDirectory
        let secret = folder.appendingPathComponent("s-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: secret) }
        try Data("tide-table\n".utf8).write(to: secret)
        let sources = SecretSources.system(environment: ["A": "b"])
        #expect(sources.environment("A") == "b")
        #expect(sources.environment("PATH") == nil)
        #expect(try sources.file(secret.path) == "tide-table\n")
        let error = #expect(throws: (any Error).self) { try sources.file(folder.path + "/none-\(UUID().uuidString)") }
        #expect(error.map { "\($0)" } == "No such file or directory")
    }
}
