import Foundation
import ServerRig
import Testing

extension CommandLine {
    static let wrong = """
        registry: /nowhere/registry.sqlite
        acces: {allow: [example.org]}
        gateways:
          irc.example.org:
            server: 127.0.0.1:99999
            adapter: irc
            irc: {networks: {}}
        """

    @Test("a wrong configuration is refused, with the place of every problem", arguments: ["check", "run"])
    func wrongConfiguration(command: String) async throws {
        let (end, output) = try await Martlet.run([command, "--config"], configuration: Self.wrong)

        #expect(end == .exited(78))
        for place in [
            "martlet.yaml:2:1: error: acces:",
            "martlet.yaml:5:5: error: gateways.irc.example.org.secret:",
            "martlet.yaml:5:13: error: gateways.irc.example.org.server:",
            "martlet.yaml:7:21: error: gateways.irc.example.org.irc.networks:",
        ] {
            #expect(output.contains(place))
        }
    }

    @Test("values that are well-formed but cannot be used are refused", arguments: ["check", "run"])
    func impossible(command: String) async throws {
        let file = """
            registry: /etc
            access: {allow: [ſolo@example.org]}
            gateways: {irc.example.org: {secret: s, adapter: irc, irc: {networks: {libera: {}}}}}
            """
        let (end, output) = try await Martlet.run([command, "--config"], configuration: file)

        #expect(end == .exited(78))
        #expect(output.contains("martlet.yaml:1:11: error: registry: is a folder"))
        #expect(output.contains("martlet.yaml:2:18: error: access.allow: 'ſolo@example.org' can never match"))
        #expect(output.contains("'solo@example.org'"))
    }

    @Test("a running Martlet writes warnings in the form of its log, a check in the form that editors read")
    func warnings() async throws {
        func file(_ registry: String) -> String {
            """
            registry: \(registry)
            access: {allow: [example.org]}
            log: {format: json}
            http: {listen: "192.0.2.1:80"}
            gateways: {irc.example.org: {secret: s, adapter: irc, irc: {networks: {libera: {}}}}}
            """
        }
        let folder = try RigFolder()
        // Martlet ends by itself, because the address of `http` does not belong to this machine.
        let run = try await Martlet.run(["run", "--config"], configuration: file(folder.path + "/r.sqlite"))
        #expect(run.end == .exited(1))
        let records = run.output.split(separator: "\n").filter { $0.contains("a secret in the file itself") }
        #expect(records.count == 1 && records.allSatisfy { $0.hasPrefix("{\"time\":") && $0.contains("\"warning\"") })
        #expect(!run.output.contains("warning: gateways"))

        let check = try await Martlet.run(["check", "--config"], configuration: file(folder.path + "/r.sqlite"))
        #expect(check.end == .exited(78))
        #expect(check.output.contains("martlet.yaml:5:38: warning: gateways.irc.example.org.secret:"))
        #expect(check.output.contains("martlet.yaml:4:16: error: http.listen: 192.0.2.1 is no address of this machine"))
        try FileManager.default.removeItem(atPath: folder.path)
    }

    @Test("a missing file is reported with its name")
    func missingFile() async throws {
        let (end, output) = try await Martlet.run(["check", "--config", "/nowhere/martlet.yaml"])

        #expect(end == .exited(78))
        #expect(output.contains("/nowhere/martlet.yaml"))
    }
}
