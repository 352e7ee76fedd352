import GatewayKit
import Settings

/// Input: a configuration file, including the sections of the adapters.
///
/// Rules: Every problem has a place in the file. The reader returns a configuration exactly if there is no error.
extension FuzzTarget {
    static let configFile = FuzzTarget(name: "config-file") { bytes in
        let text = FuzzInput(bytes: bytes).text
        let loaded = MartletConfiguration<Void>.load(
            text: text, file: "martlet.yaml", secrets: secrets,
            adapters: ["irc": FuzzSections.irc, "sms": FuzzSections.sms, "template": { _ in AdapterSection(()) }])
        let hasErrors = loaded.problems.contains { $0.severity == .error }
        require((loaded.configuration == nil) == hasErrors, "problems: \(loaded.problems.map(\.line))")
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isYAMLBreak).count
        for problem in loaded.problems where problem.place.file == "martlet.yaml" {
            require((1...(lines + 1)).contains(problem.place.line), "\(problem.line) of \(lines) lines")
            require(problem.place.column >= 1 && !problem.text.isEmpty, problem.line)
        }
    }

    static var secrets: SecretSources {
        SecretSources(environment: { $0.isEmpty ? nil : "s3cret" }, file: { throw Unreadable(path: $0) })
    }

    private struct Unreadable: Error { let path: String }
}

extension Character {
    /// Whether libyaml counts a line at this character (YAML 1.1 §5.4).
    fileprivate var isYAMLBreak: Bool { ["\n", "\r", "\r\n", "\u{85}", "\u{2028}", "\u{2029}"].contains(self) }
}

/// Reads the sections of the adapters, as the program does.
enum FuzzSections {
    static func nodes(_ profiles: [(name: String, text: String)]) -> [String: ConfigNode] {
        var nodes: [String: ConfigNode] = [:]
        for profile in profiles { nodes[profile.name] = try? YAMLConfig.node(from: profile.text, file: profile.name) }
        require(nodes.count == profiles.count, "a profile that ships cannot be read")
        return nodes
    }
}
