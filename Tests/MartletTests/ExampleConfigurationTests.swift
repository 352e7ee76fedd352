import Foundation
import GatewayCore
import GatewayKit
import Settings
import Testing

@testable import martlet

@Suite("The example configuration")
struct ExampleConfigurationTests {
    static let file = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../config/martlet.yaml").standardizedFileURL

    /// Has a value for every secret that the file names.
    private let secrets = SecretSources(environment: { _ in "value" }, file: { _ in "value\n" })

    private func load(_ text: String) -> MartletConfiguration<any AdapterKind>.Loaded {
        MartletConfiguration.load(
            text: text, file: "martlet.yaml", secrets: secrets,
            adapters: AdapterCatalogue.sectionReaders(ProfileFolder(besides: Self.file.path)))
    }

    @Test("it has no errors, in the sections of the adapters either")
    func isRight() throws {
        let loaded = load(try String(contentsOf: Self.file, encoding: .utf8))
        #expect(loaded.problems.filter { $0.severity == .error }.map(\.line) == [])
        let gateways = try #require(loaded.configuration?.gateways)
        #expect(gateways.map(\.adapterID) == ["irc", "sms"])
        #expect(gateways[0].settings is IRCKind && gateways[1].settings is SMSKind)
    }

    @Test(
        "a mistake in an adapter's section is reported with its line",
        arguments: [
            ("libera: {}", "libera: {prot: 1}", "libera.prot"),
            ("provider: kannel", "provider: kanel", "main.provider"),
            ("alice@example.org", "Alice@example.org", "main.numbers"),
            ("alice@example.org", "example.org", "main.numbers"),
            ("alice@example.org", "alice@example.org/phone", "main.numbers"),
        ])
    func mistakes(right: String, wrong: String, key: String) throws {
        let text = try String(contentsOf: Self.file, encoding: .utf8)
        try #require(text.contains(right))
        let loaded = load(text.replacingOccurrences(of: right, with: wrong))
        #expect(loaded.configuration == nil)
        #expect(
            loaded.problems.contains { $0.key.hasSuffix(key) && $0.place.line > 1 }, "\(loaded.problems.map(\.line))")
    }

    @Test("the settings and the core have the same default limits")
    func limits() {
        let (configured, own) = (CoreSettings.Limits(LimitSettings()), CoreSettings.Limits())
        #expect(String(describing: configured) == String(describing: own))
    }

    @Test("a profile with an error is reported, and the others are read")
    func profiles() throws {
        let problems = ConfigProblems()
        let folder = ProfileFolder(besides: "/nowhere/martlet.yaml")
        let read = folder.read("networks", over: [(name: "a", text: "address: x"), (name: "b", text: ": :")], problems)
        #expect(Set(read.keys) == ["a"] && problems.all.count == 1)
    }
}
