import GatewayKit

@testable import IRCAdapter

/// A configuration as an expression. Every entry gets a line number of its own.
indirect enum TestNode: ExpressibleByStringLiteral, ExpressibleByDictionaryLiteral, ExpressibleByArrayLiteral {
    case scalar(String)
    case list([TestNode])
    case map([(String, TestNode)])

    init(stringLiteral value: String) { self = .scalar(value) }
    init(dictionaryLiteral elements: (String, TestNode)...) { self = .map(elements.map { ($0.0, $0.1) }) }
    init(arrayLiteral elements: TestNode...) { self = .list(elements) }

    func node(file: String = "test.yaml") -> ConfigNode {
        var line = 0
        return node(file: file, line: &line)
    }

    private func node(file: String, line: inout Int) -> ConfigNode {
        let place = ConfigPlace(file: file, line: max(line, 1), column: 1)
        switch self {
        case .scalar(let text): return ConfigNode(.scalar(text), at: place)
        case .list(let nodes): return ConfigNode(.list(nodes.map { $0.node(file: file, line: &line) }), at: place)
        case .map(let entries):
            let nodes = entries.map { key, value in
                line += 1
                let keyPlace = ConfigPlace(file: file, line: line, column: 1)
                return ConfigNode.Entry(key: key, keyPlace: keyPlace, value: value.node(file: file, line: &line))
            }
            return ConfigNode(.map(nodes), at: place)
        }
    }

    /// Reads the node as the section of the adapter.
    func read(profiles: [String: TestNode] = [:]) -> (settings: IRCSettings?, problems: [ConfigProblem]) {
        let problems = ConfigProblems()
        let secrets = SecretSources(
            environment: { $0 == "PW" ? "hush" : nil }, file: { _ in throw CancellationError() })
        let reader = ConfigReader(node(), path: "irc", problems: problems, secrets: secrets)
        let settings = IRCSettings(reading: reader, profiles: profiles.mapValues { $0.node(file: "profile.yaml") })
        return (settings, problems.all)
    }
}
