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

    @Test("a wrong configuration is refused with every problem at its place", arguments: ["check", "run"])
    func wrongConfiguration(command: String) async throws {
        let (end, output) = try await Martlet.run([command, "--config"], configuration: Self.wrong)

        #expect(end == .exited(78))
        for place in [
            "martlet.yaml:1:1: error: access:", "martlet.yaml:2:1: error: acces:",
            "martlet.yaml:5:5: error: gateways.irc.example.org.secret:",
            "martlet.yaml:5:13: error: gateways.irc.example.org.server:",
            "martlet.yaml:7:21: error: gateways.irc.example.org.irc.networks:",
        ] {
            #expect(output.contains(place))
        }
    }

    @Test("a file that is not there is named")
    func missingFile() async throws {
        let (end, output) = try await Martlet.run(["check", "--config", "/nowhere/martlet.yaml"])

        #expect(end == .exited(78))
        #expect(output.contains("/nowhere/martlet.yaml"))
    }
}
