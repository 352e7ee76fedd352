import Basics
import GatewayKit

/// All values of a configuration file by their paths, to compare two readings of it. Values are kept as secrets, because
/// some are.
package struct ConfigOutline: Sendable, Equatable {
    /// The keys from the top of the file to a value.
    package typealias Path = [String]

    /// One difference between two configurations. It names no values.
    package struct Change: Sendable, Hashable {
        package enum Kind: String, Sendable { case added, removed, changed }

        /// The key that differs: if a whole section is new or gone, the key of the section.
        package let path: Path
        package let kind: Kind

        package init(_ path: Path, _ kind: Kind) {
            self.path = path
            self.kind = kind
        }
    }

    /// Stands for the key of a section without keys.
    private static let emptySection = ""

    private var values: [Path: Secret] = [:]
    /// The paths of all maps.
    private var sections: Set<Path> = [[]]

    /// Makes the outline of a file. The values of `{env: NAME}` and `{file: PATH}` belong to it, so that a changed
    /// secret counts as a change.
    package init(_ node: ConfigNode, secrets: SecretSources) { add(node, [], secrets) }

    /// An outline without values.
    package init() {}

    /// Adds a file beside the configuration, such as a profile, whose content belongs to the configuration.
    package mutating func add(file name: String, content: String) { values[["file " + name]] = Secret(content) }

    private mutating func add(_ node: ConfigNode, _ path: Path, _ secrets: SecretSources) {
        switch node.value {
        case .null: values[path] = Secret("")
        case .scalar(let text): values[path] = Secret(text)
        case .list: values[path] = Secret(Self.text(of: node))
        case .map(let entries):
            if let source = Self.secret(entries, secrets) {
                values[path] = source
                return
            }
            sections.insert(path)
            // An empty section counts as well: a network without settings, for example.
            if entries.isEmpty { values[path + [Self.emptySection]] = Secret("") }
            for entry in entries { add(entry.value, path + [entry.key], secrets) }
        }
    }

    /// The value of a secret that is kept elsewhere, with the name of its source; nil if the map is no such source.
    private static func secret(_ entries: [ConfigNode.Entry], _ secrets: SecretSources) -> Secret? {
        guard entries.count == 1, case .scalar(let name) = entries[0].value.value else { return nil }
        switch entries[0].key {
        case "env": return Secret("env \(name) \(secrets.environment(name) ?? "")")
        case "file": return Secret("file \(name) \((try? secrets.file(name)) ?? "")")
        default: return nil
        }
    }

    /// A list or a map in a list as a text that differs whenever its values do.
    private static func text(of node: ConfigNode) -> String {
        switch node.value {
        case .null: "~"
        case .scalar(let text): "\(text.utf8.count):\(text)"
        case .list(let nodes): "[" + nodes.map(text).joined() + "]"
        case .map(let entries):
            "{" + entries.map { "\($0.key.utf8.count):\($0.key)" + text(of: $0.value) }.joined() + "}"
        }
    }

    /// The differences to a newer outline, in the order of their paths.
    package func changes(to new: ConfigOutline) -> [Change] {
        var changes: Set<Change> = []
        for (path, value) in new.values where values[path] != value {
            let isNew = values[path] == nil
            changes.insert(isNew ? Change(Self.top(of: path, missingIn: self), .added) : Change(path, .changed))
        }
        for path in values.keys where new.values[path] == nil {
            changes.insert(Change(Self.top(of: path, missingIn: new), .removed))
        }
        return changes.filter { $0.path.last != Self.emptySection }.sorted {
            $0.path.lexicographicallyPrecedes($1.path)
        }
    }

    /// This outline with the values of a newer one for some paths.
    ///
    /// - Parameter isTaken: whether the value of a path comes from the newer outline.
    package func taking(_ isTaken: (Path) -> Bool, from new: ConfigOutline) -> ConfigOutline {
        var taken = self
        taken.values = values.filter { !isTaken($0.key) }.merging(new.values.filter { isTaken($0.key) }) { $1 }
        taken.sections = sections.filter { !isTaken($0) }.union(new.sections.filter(isTaken))
        return taken
    }

    /// The highest key on the way to a value that the other outline does not have, below the main sections: these mix
    /// keys of different effects.
    private static func top(of path: Path, missingIn other: ConfigOutline) -> Path {
        let prefixes = (min(2, path.count)...max(1, path.count)).map { Array(path.prefix($0)) }
        return prefixes.first { !other.sections.contains($0) && other.values[$0] == nil } ?? path
    }
}
