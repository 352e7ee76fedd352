import Basics
import Foundation
import GatewayKit
import Testing

@testable import Settings

/// The file that operators start from. The adapters' own tests look at their sections.
@Suite struct ExampleFileTests {
    private static let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("config/martlet.yaml").path

    private let loaded: MartletConfiguration<ConfigReader.Keys>.Loaded

    init() throws {
        let text = try String(contentsOfFile: Self.path, encoding: .utf8)
        let any: (Bool) -> MartletConfiguration<ConfigReader.Keys>.SectionReader = { webhooks in
            { reader in AdapterSection(ConfigReader.Keys(reader), needsWebhooks: webhooks) }
        }
        loaded = MartletConfiguration.load(
            text: text, file: "martlet.yaml", secrets: SecretSources(environment: { $0 }, file: { $0 }),
            adapters: ["irc": any(false), "sms": any(true)])
    }

    @Test("It loads without a problem")
    func loads() throws {
        #expect(loaded.problems.map(\.line) == [])
        let configuration = try #require(loaded.configuration)
        #expect(configuration.gateways.map(\.domain) == ["irc.example.org", "sms.example.org"])
        #expect(
            configuration.gateways.map(\.settings.names) == [
                ["networks", "other-servers", "identd"],
                [
                    "default-region", "open-registration", "number-quarantine", "destinations", "consent",
                    "replace-punctuation", "media", "accounts",
                ],
            ])
    }

    @Test("What it calls a default is the default")
    func defaults() throws {
        let configuration = try #require(loaded.configuration)
        var log = LogConfiguration()
        log.levels = ["registry": .notice]
        #expect(configuration.log == log)
        #expect(configuration.limits == LimitSettings())
        #expect(configuration.registryKey == configuration.registry + ".key")
        #expect(configuration.http?.connections == HTTPSettings.defaultConnections)
        #expect(configuration.http?.connectionsPerAddress == HTTPSettings.defaultConnectionsPerAddress)
        #expect(configuration.operations == Endpoint(host: "127.0.0.1", port: 9090))
        #expect(configuration.http?.listen == Endpoint(host: "127.0.0.1", port: 8088))
        #expect(
            configuration.gateways.map(\.server)
                == Array(repeating: Endpoint(host: "127.0.0.1", port: 5347), count: 2))
        #expect(configuration.gateways.last?.tls == StreamTLS() && configuration.gateways.first?.tls.mode == .required)
    }
}

extension ConfigReader {
    /// The names of a section's keys.
    struct Keys: Sendable {
        let names: [String]

        init(_ reader: ConfigReader) { names = reader.allEntries.map(\.key) }
    }
}
