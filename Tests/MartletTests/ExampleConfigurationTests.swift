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
        "the smallest one and that of the containers have neither errors nor warnings",
        arguments: [
            "minimal.yaml", "container/martlet.yaml",
        ])
    func others(name: String) throws {
        let file = Self.file.deletingLastPathComponent().appending(path: name)
        #expect(load(try String(contentsOf: file, encoding: .utf8)).problems.map(\.line) == [])
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
        #expect(Set(read.readable(problems).keys) == ["a"] && problems.all.count == 1)
    }
}

/// The provider profiles of an operator, in a folder beside the configuration.
@Suite("An operator's profiles")
struct OwnProfileTests {
    private static let profile = """
        profile: 1
        id: mine
        settings: {token: {required: true, secret: true}}
        send:
          request: {method: GET, url: "https://h/send", query: {to: "{{msg.to}}", text: "{{msg.text}}"}}
          accept: {http: 200}
          result: {id: none}
        tests:
          - name: a text
            settings: {token: t}
            send: {from: "+15550001111", to: "+15551234567", text: hi}
            request: {query: {to: "+15551234567", text: hi}}
        """

    private func problems(_ files: [String: String], provider: String = "mine") throws -> [String] {
        let folder = FileManager.default.temporaryDirectory.appending(path: "profiles-\(UUID().uuidString)")
        let providers = folder.appending(path: "providers")
        try FileManager.default.createDirectory(at: providers, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        for (name, text) in files {
            try text.write(to: providers.appending(path: name), atomically: true, encoding: .utf8)
        }
        let configuration = """
            open-registration: true
            accounts: {main: {provider: \(provider), settings: {token: {env: T}}, numbers: ["+15550001111"]}}
            """
        let problems = ConfigProblems()
        let secrets = SecretSources(environment: { _ in "t" }, file: { _ in "" })
        let node = try YAMLConfig.node(from: configuration, file: "martlet.yaml")
        let reader = ConfigReader(node, path: "sms", problems: problems, secrets: secrets)
        _ = SMSKind(reading: reader, profiles: ProfileFolder(besides: folder.appending(path: "martlet.yaml").path))
        return problems.all.map { problem in
            let file = URL(fileURLWithPath: problem.place.file).lastPathComponent
            return "\(problem.severity) \(file):\(problem.place.line): \(problem.text)"
        }
    }

    @Test("A right profile is read")
    func right() throws { #expect(try problems(["mine.yaml": Self.profile]) == []) }

    @Test(
        "A mistake gives one message, at its line",
        arguments: [
            ("\"{{msg.to}}\"", "{{msg.to}}", "error mine.yaml:5: quote it"),
            ("\"https://h/send\"", "{{base}}/send", "error mine.yaml:5: quote it"),
            ("id: mine", "id: yours", "error mine.yaml:1: the id is 'yours'"),
            (
                "text: hi}\n    request", "text: ho}\n    request",
                "error mine.yaml:9: 'a text': query.text: expected 'hi', seen 'ho'"
            ),
            ("GET", "FETCH", "error mine.yaml:5: 'FETCH' is not one of"),
        ])
    func mistakes(right: String, wrong: String, expected: String) throws {
        #expect(Self.profile.contains(right))
        let found = try problems(["mine.yaml": Self.profile.replacing(right, with: wrong)])
        #expect(found.count == 1 && found.allSatisfy { $0.hasPrefix(expected) }, "\(found)")
    }

    @Test(
        "A broken profile that no account uses is a warning", arguments: ["to: {{x}}", "profile: 1\nid: other", "a: ["])
    func unused(text: String) throws {
        let found = try problems(["mine.yaml": Self.profile, "other.yaml": text])
        #expect(!found.isEmpty && found.allSatisfy { $0.hasPrefix("warning other.yaml") }, "\(found)")
    }

    @Test("A profile that replaces a built-in one is checked when it is used")
    func replaced() throws {
        let found = try problems(["kannel.yaml": "a: ["], provider: "kannel")
        #expect(found.count == 1 && found[0].hasPrefix("error kannel.yaml"), "\(found)")
    }

    @Test("An unknown provider is told with the names of all profiles, built-in and own")
    func unknown() throws {
        let found = try problems(["mine.yaml": Self.profile], provider: "telnix")
        #expect(found.count == 1)
        for name in ["'telnix'", "telnyx", "twilio", "mine"] { #expect(found.allSatisfy { $0.contains(name) }) }
    }

    @Test("A file of another ending is told")
    func yml() throws {
        let found = try problems(["mine.yaml": Self.profile, "second.yml": Self.profile])
        #expect(found == ["warning second.yml:1: this file is not read: the names of profiles end in .yaml"])
    }
}
