import GatewayKit
import IRCAdapter
import Settings
import Testing

@testable import martlet

@Suite("The networks that ship")
struct ShippedNetworksTests {
    @Test("each shipped network can be used by its name alone", arguments: EmbeddedProfiles.files.map(\.name))
    func isUsable(name: String) {
        let text = """
            registry: r.sqlite
            access: {allow: [example.org]}
            gateways:
              irc.example.org: {secret: {env: S}, adapter: irc, irc: {networks: {\(name): {}}}}
            """
        let secrets = SecretSources(environment: { _ in "value" }, file: { _ in "" })
        let loaded = MartletConfiguration.load(
            text: text, file: "martlet.yaml", secrets: secrets,
            adapters: AdapterCatalogue.sectionReaders(ProfileFolder(besides: "/nowhere/martlet.yaml")))
        #expect(loaded.problems.map(\.line) == [])
        #expect(loaded.configuration?.gateways.count == 1)
    }

    @Test("these ten networks ship, among them a local BitlBee")
    func all() {
        let names = [
            "bitlbee", "efnet", "hackint", "ircnet", "libera", "oftc", "quakenet", "rizon", "tilde-chat", "undernet",
        ]
        #expect(EmbeddedProfiles.files.map(\.name) == names)
    }
}
