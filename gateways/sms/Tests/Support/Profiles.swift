import Foundation
import GatewayKit

@testable import SMSAdapter

/// Profiles for tests: the shipped ones, and parts of others.
enum Profiles {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("providers")

    static var noSecrets: SecretSources {
        SecretSources(environment: { _ in nil }, file: { _ in throw CocoaError(.fileNoSuchFile) })
    }

    static func text(_ name: String) throws -> String {
        try String(contentsOf: folder.appendingPathComponent(name + ".yaml"), encoding: .utf8)
    }

    static var shippedNames: [String] {
        get throws {
            try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
                .filter { $0.pathExtension == "yaml" }.map { $0.deletingPathExtension().lastPathComponent }.sorted()
        }
    }

    static func nodes() throws -> [String: ConfigNode] {
        try Dictionary(
            uniqueKeysWithValues: shippedNames.map { ($0, try YAML.node(try text($0), file: $0 + ".yaml")) })
    }

    /// Reads a profile, and returns it with all problems as `line: key: text`.
    static func read(_ text: String, vectors: Bool = false) throws -> (ProviderProfile?, [String]) {
        let problems = ConfigProblems()
        let profile = ProviderProfile(reading: try YAML.node(text), problems: problems, secrets: noSecrets)
        if vectors { profile?.runVectors(problems: problems) }
        return (profile, problems.all.map { "\($0.place.line): \($0.key): \($0.text)" })
    }

    /// Values for a profile's settings.
    static func settings(of profile: ProviderProfile, _ text: String) throws -> ProviderSettings {
        ProviderSettings(profile.settings, reading: try reader(text))
    }

    static func reader(_ text: String, _ problems: ConfigProblems = ConfigProblems()) throws -> ConfigReader {
        ConfigReader(try YAML.node(text), path: "", problems: problems, secrets: noSecrets)
    }

    static func settings(
        _ text: String, secrets: SecretSources = noSecrets
    ) throws -> (SMSSettings?, [ConfigProblem]) {
        let problems = ConfigProblems()
        let reader = ConfigReader(try YAML.node(text), path: "sms", problems: problems, secrets: secrets)
        return (SMSSettings(reading: reader, profiles: try nodes()), problems.all)
    }
}
