import GatewayKit
import Testing

@testable import SMSAdapter

@Suite("Keys that a profile may not have")
struct UnknownKeyTests {
    /// The maps whose keys the author of a profile chooses: parameters, headers, fields of a body, settings, values of
    /// a test.
    private static let free: Set<String> = ["query", "headers", "form", "json", "settings", "states", "event"]

    private static func isFree(_ path: [String]) -> Bool {
        free.contains(path.last ?? "") || path.contains("json") || path.dropLast().last == "events"
    }

    /// For each map of the node, returns the node with one more key in that map, and the path of the map.
    private func insertions(_ node: ConfigNode, _ path: [String] = []) -> [(path: [String], node: ConfigNode)] {
        switch node.value {
        case .scalar, .null: return []
        case .list(let items):
            // Of the many tests of a profile, these have all kinds of keys.
            let items = path == ["tests"] ? Array(items.prefix(2) + items.suffix(3)) : items
            return items.indices.flatMap { index in
                insertions(items[index], path + ["\(index)"]).map { path, changed in
                    var items = items
                    items[index] = changed
                    return (path, ConfigNode(.list(items), at: node.place))
                }
            }
        case .map(let entries):
            let value = ConfigNode(.scalar("x"), at: node.place)
            let more = ConfigNode.Entry(key: "nonsense", keyPlace: node.place, value: value)
            let inside = entries.indices.flatMap { index in
                insertions(entries[index].value, path + [entries[index].key]).map { path, changed in
                    var entries = entries
                    let entry = entries[index]
                    entries[index] = ConfigNode.Entry(key: entry.key, keyPlace: entry.keyPlace, value: changed)
                    return (path, ConfigNode(.map(entries), at: node.place))
                }
            }
            return [(path, ConfigNode(.map(entries + [more]), at: node.place))] + inside
        }
    }

    @Test("An unknown key in any map of a profile is reported", arguments: try Profiles.shippedNames)
    func everywhere(name: String) throws {
        let variants = insertions(try YAML.node(try Profiles.text(name)))
        #expect(variants.count > 30)
        for (path, node) in variants where !Self.isFree(path) {
            let problems = ConfigProblems()
            _ = ProviderProfile(reading: node, problems: problems, secrets: Profiles.noSecrets)
            #expect(problems.all.contains { $0.key.hasSuffix("nonsense") }, "\(path.joined(separator: "."))")
        }
    }
}
