import Foundation

/// Rules about the words that may be used in a module, and in all of the repository.
extension Rule {
    static let contractIsNeutral = Rule(
        sentence: "The adapter contract speaks of no protocol: not of JID, stanza, XMPP, IRC, SMS or SQL",
        advice:
            "Say it in neutral words (address, message, network, peer), in comments too: adapter authors read them.",
        bad: [
            Sample("struct JIDMap {}", at: "Sources/GatewayKit/Sample.swift"),
            Sample("/// For SMS only.", at: "Sources/GatewayKit/Sample.swift"),
            Sample("var ircNick = 1", at: "Sources/GatewayKit/Sample.swift"),
            Sample("let stanzas = 1", at: "Sources/GatewayKit/Sample.swift"),
        ],
        good: [
            Sample("struct Circuit { let transmission = 1 }", at: "Sources/GatewayKit/Sample.swift"),
            Sample("struct JIDMap {}"),
        ],
        applies: { $0.isIn("GatewayKit") },
        search: words(["jid", "jids", "stanza", "stanzas", "xmpp", "irc", "sms", "sql"]))

    static let coreKnowsNoNetwork = Rule(
        sentence: "The core decides for every network alike: it holds neither the word irc nor the word sms",
        advice: "Ask the adapter's description or capabilities; put what one network needs into its adapter.",
        bad: [
            Sample("if id == \"irc\" {}", at: "Sources/GatewayCore/Sample.swift"),
            Sample("let smsCount = 1", at: "Sources/GatewayCore/Sample.swift"),
        ],
        good: [Sample("let circle = 1", at: "Sources/GatewayCore/Sample.swift"), Sample("let irc = 1")],
        applies: { $0.isIn("GatewayCore") },
        search: words(["irc", "sms"]))

    static let noMachinePaths = Rule(
        sentence: "No path of one machine is written down",
        advice: "Use a path of the repository, a temporary folder, or a setting.",
        bad: machinePaths.map { Sample("see \($0)x/file", at: "README.md") },
        good: [
            Sample("registry: /var/lib/martlet/registry.sqlite", at: "config/martlet.yaml"),
            Sample("cd build/work/x", at: "README.md"),
        ],
        applies: { _ in true },
        search: { file in
            guard machinePaths.contains(where: file.text.contains) else { return [] }
            return file.lines.enumerated().compactMap { index, line in
                line.contains(pathPattern) ? (index + 1, String(line.prefix(160))) : nil
            }
        })

    /// Written in pieces, so that this file does not break the rule itself.
    private static let machinePaths = ["home", "Users", "root", "work"].map { "/" + $0 + "/" }

    /// The beginning of a path, not the middle of one.
    private static var pathPattern: Regex<Substring> {
        /(?:^|[^\w.\/~}-])\/(?:home|Users|root|work)\/[\w.]/.matchingSemantics(.unicodeScalar)
    }

    static let wordRules = [contractIsNeutral, coreKnowsNoNetwork, noMachinePaths]

    /// Finds words, whole or as part of a name (`ircNick`, `JIDMap`, `sms_count`), in code and comments.
    private static func words(_ forbidden: Set<String>) -> @Sendable (SourceFile) -> [(Int, String)] {
        { file in
            file.lines.enumerated().compactMap { index, line in
                let found = parts(of: line).filter { forbidden.contains($0.lowercased()) }
                return found.isEmpty
                    ? nil : (index + 1, found.joined(separator: ", ") + ": " + line.trimmingPrefix { $0 == " " })
            }
        }
    }

    private static func parts(of line: Substring) -> [String] {
        line.matches(of: /[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+/).map { String($0.output) }
    }
}
