import Basics

/// Collects all problems of a configuration, so that an operator sees them at once.
package final class ConfigProblems {
    package private(set) var all: [ConfigProblem] = []

    package init() {}

    /// Adds a problem to the end of `all`.
    package func add(_ problem: ConfigProblem) { all.append(problem) }

    package var hasErrors: Bool { all.contains { $0.severity == .error } }
}

/// Reads secrets that are kept outside the configuration file. Tests inject their own sources.
package struct SecretSources {
    /// Returns the value of an environment variable, or nil.
    package let environment: (String) -> String?
    /// Returns the content of a file, or throws an error whose description an operator can read.
    package let file: (String) throws -> String

    package init(environment: @escaping (String) -> String?, file: @escaping (String) throws -> String) {
        self.environment = environment
        self.file = file
    }
}

/// Reads one map of the configuration, key by key. Each function returns nil, or an empty list, for an absent key. It
/// also reports a value of the wrong form to `problems`.
///
/// Call `finish()` last: it reports the keys that no function has read.
package final class ConfigReader {
    package let path: String
    package let place: ConfigPlace
    package let problems: ConfigProblems
    package let secrets: SecretSources
    private let entries: [ConfigNode.Entry]
    private var known: Set<String> = []

    /// Reports a node that is not a map, and reads it as an empty map. Null is an empty map.
    package init(_ node: ConfigNode, path: String, problems: ConfigProblems, secrets: SecretSources) {
        self.path = path
        self.place = node.place
        self.problems = problems
        self.secrets = secrets
        switch node.value {
        case .map(let entries): self.entries = entries
        case .null: self.entries = []
        case .scalar, .list:
            self.entries = []
            problems.add(ConfigProblem(at: node.place, key: path, "a map of keys is expected here"))
        }
    }

    /// The value of a key as it stands in the file; nil if it is absent or null. Marks the key as known.
    package func node(_ key: String) -> ConfigNode? {
        known.insert(key)
        guard let entry = entries.first(where: { $0.key == key }) else { return nil }
        if case .null = entry.value.value { return nil }
        return entry.value
    }

    /// All entries of the map. Use it for maps whose keys the operator chooses. Marks all keys as known.
    package var allEntries: [ConfigNode.Entry] {
        known.formUnion(entries.map(\.key))
        return entries
    }

    /// Whether the map has the key. Does not mark it as known.
    package func has(_ key: String) -> Bool { entries.contains { $0.key == key } }

    /// The dotted path of a key of this map.
    package func path(_ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

    /// Reports a problem at a key of this map, or at the map itself if the key is absent.
    package func report(_ key: String, _ text: String, severity: ConfigProblem.Severity = .error) {
        let place = entries.first { $0.key == key }?.value.place ?? place
        problems.add(ConfigProblem(severity, at: place, key: path(key), text))
    }

    /// A text.
    package func string(_ key: String) -> String? {
        guard let node = node(key) else { return nil }
        guard case .scalar(let text) = node.value else {
            report(key, "a single value is expected here, not a list or map")
            return nil
        }
        return text
    }

    /// A text; its absence is reported.
    package func requiredString(_ key: String) -> String? {
        if node(key) == nil { report(key, "required, but missing") }
        return string(key)
    }

    /// A whole number; one outside the range is reported.
    package func integer(_ key: String, in range: ClosedRange<Int>) -> Int? {
        guard let text = string(key) else { return nil }
        guard let number = Int(text), range.contains(number) else {
            report(key, "'\(text)' is not a whole number from \(range.lowerBound) to \(range.upperBound)")
            return nil
        }
        return number
    }

    /// A number; one outside the range is reported.
    package func number(_ key: String, in range: ClosedRange<Double>) -> Double? {
        guard let text = string(key) else { return nil }
        guard let number = Double(text), range.contains(number) else {
            report(key, "'\(text)' is not a number from \(range.lowerBound) to \(range.upperBound)")
            return nil
        }
        return number
    }

    /// `true` or `false`.
    package func boolean(_ key: String) -> Bool? {
        guard let text = string(key) else { return nil }
        switch text {
        case "true": return true
        case "false": return false
        default:
            report(key, "'\(text)' is neither true nor false")
            return nil
        }
    }

    /// One of a fixed set of words.
    package func choice<Choice: RawRepresentable & CaseIterable>(_ key: String, of: Choice.Type) -> Choice?
    where Choice.RawValue == String {
        guard let text = string(key) else { return nil }
        if let choice = Choice(rawValue: text) { return choice }
        let words = Choice.allCases.map { "'\($0.rawValue)'" }.joined(separator: ", ")
        report(key, "'\(text)' is not one of \(words)")
        return nil
    }

    /// A list of texts.
    package func strings(_ key: String) -> [String] {
        guard let node = node(key) else { return [] }
        guard case .list(let items) = node.value else {
            report(key, "a list is expected here, such as [a, b]")
            return []
        }
        return items.compactMap { item in
            if case .scalar(let text) = item.value { return text }
            problems.add(ConfigProblem(at: item.place, key: path(key), "a single value is expected here"))
            return nil
        }
    }

    /// A reader for a nested map, or nil if the key is absent.
    package func map(_ key: String) -> ConfigReader? {
        node(key).map { ConfigReader($0, path: path(key), problems: problems, secrets: secrets) }
    }

    /// A reader for an entry of a map whose keys the operator chooses.
    package func reader(for entry: ConfigNode.Entry) -> ConfigReader {
        ConfigReader(entry.value, path: path(entry.key), problems: problems, secrets: secrets)
    }

    /// A secret: `{env: NAME}`, `{file: PATH}`, or the secret itself, which is accepted with a warning. Nil if the key
    /// is absent. Also nil, and reported, if the secret cannot be read or is empty.
    package func secret(_ key: String) -> Secret? {
        guard let node = node(key) else { return nil }
        switch node.value {
        case .scalar(let literal):
            report(
                key, "a secret in the file itself: use {env: NAME} or {file: PATH} to keep it out of backups",
                severity: .warning)
            return Secret(literal)
        case .map:
            let source = ConfigReader(node, path: path(key), problems: problems, secrets: secrets)
            defer { source.finish() }
            return secret(from: source, key: key)
        case .list, .null:
            report(key, "a secret is expected here: {env: NAME} or {file: PATH}")
            return nil
        }
    }

    private func secret(from source: ConfigReader, key: String) -> Secret? {
        switch (source.string("env"), source.string("file")) {
        case (let name?, nil):
            guard let value = secrets.environment(name), !value.isEmpty else {
                report(key, "the environment variable \(name) is not set; set it or use {file: PATH}")
                return nil
            }
            return Secret(value)
        case (nil, let path?):
            do {
                let text = try secrets.file(path)
                let value = text.trimmed
                if value.isEmpty { report(key, "the file \(path) is empty") }
                return value.isEmpty ? nil : Secret(value)
            } catch {
                report(key, "cannot read the file \(path): \(error)")
                return nil
            }
        default:
            report(key, "give exactly one of env and file")
            return nil
        }
    }

    /// Reports each key that no function has read, with the known key whose spelling is nearest.
    package func finish() {
        for entry in entries where !known.contains(entry.key) {
            // The edit distance is at least the difference in length. Comparing lengths first skips keys that cannot be
            // near, so a very long key costs little.
            let alike = known.filter { abs($0.utf8.count - entry.key.utf8.count) <= 2 }
            let near = alike.map { (key: $0, distance: editDistance($0, entry.key)) }
                .filter { $0.distance <= 2 }
                .min { ($0.distance, $0.key) < ($1.distance, $1.key) }
            let hint =
                near.map { "; did you mean '\($0.key)'?" }
                ?? "; known here: \(known.sorted().joined(separator: ", "))"
            problems.add(ConfigProblem(at: entry.keyPlace, key: path(entry.key), "unknown key" + hint))
        }
    }
}

/// The Levenshtein distance between two texts, in bytes.
private func editDistance(_ a: String, _ b: String) -> Int {
    let b = Array(b.utf8)
    var row = Array(0...b.count)
    for (i, x) in a.utf8.enumerated() {
        var diagonal = row[0]
        row[0] = i + 1
        for (j, y) in b.enumerated() {
            let substitution = diagonal + (x == y ? 0 : 1)
            diagonal = row[j + 1]
            row[j + 1] = min(substitution, row[j] + 1, row[j + 1] + 1)
        }
    }
    return row[b.count]
}
