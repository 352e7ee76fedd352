import GatewayKit
import Yams

/// Reads YAML into neutral nodes with their places.
///
/// A file is one document of at most 1 MiB, 32 levels deep. It has at most 50,000 values, counted after aliases are
/// followed, so that a small file cannot unfold into a large tree. Keys are plain words, and each key occurs once in
/// its map. Application tags (`!name`) are refused, because somebody who writes one expects it to do something.
/// Numbers and booleans keep their spelling.
package enum YAMLConfig {
    package static let longestText = 1 << 20
    static let deepest = 32
    static let mostNodes = 50_000
    /// For `{{…}}` without quotes, which is a map within a map in YAML.
    static let quoteIt = "quote it: a text that begins with '{{' must stand in quotes, as in \"{{name}}\""

    /// An empty text is null. Throws the first problem found.
    package static func node(from text: String, file: String) throws(ConfigProblem) -> ConfigNode {
        let start = ConfigPlace(file: file, line: 1, column: 1)
        guard text.utf8.count <= longestText else {
            throw ConfigProblem(at: start, key: "", "longer than \(longestText) bytes")
        }
        let root: Node?
        do {
            root = try Parser(yaml: text.withoutByteOrderMark).singleRoot()
        } catch let error as YamlError {
            throw ConfigProblem(error, file: file).withHint(for: text)
        } catch {
            throw ConfigProblem(at: start, key: "", "not readable as YAML: \(error)")
        }
        guard let root else { return ConfigNode(.null, at: start) }
        var conversion = YAMLConversion(file: file)
        return try conversion.node(root, path: [])
    }
}

/// One walk over a parsed document.
private struct YAMLConversion {
    let file: String
    private var count = 0

    init(file: String) { self.file = file }

    mutating func node(_ node: Node, path: [String]) throws(ConfigProblem) -> ConfigNode {
        let place = place(of: node)
        count += 1
        guard count <= YAMLConfig.mostNodes else { throw problem(place, path, "too many values") }
        guard node.tag.isPlain else { throw problem(place, path, "YAML tags such as \(node.tag) mean nothing here") }
        if node.scalar == nil, path.count >= YAMLConfig.deepest { throw problem(place, path, "nested too deeply") }
        switch node {
        case .scalar(let scalar): return ConfigNode(scalar.isNull ? .null : .scalar(scalar.string), at: place)
        case .sequence(let sequence):
            var items: [ConfigNode] = []
            for (index, item) in sequence.enumerated() { items.append(try self.node(item, path: path + ["\(index)"])) }
            return ConfigNode(.list(items), at: place)
        case .mapping(let mapping): return ConfigNode(.map(try entries(mapping, path: path)), at: place)
        case .alias: throw problem(place, path, "there is no anchor of this alias")
        }
    }

    private mutating func entries(_ mapping: Node.Mapping, path: [String]) throws(ConfigProblem) -> [ConfigNode.Entry] {
        var entries: [ConfigNode.Entry] = []
        var seen: Set<String> = []
        for (key, value) in mapping {
            let place = place(of: key)
            guard case .scalar(let scalar) = key, key.tag.isPlain else {
                let isTemplate = if case .mapping = key { true } else { false }
                throw problem(place, path, isTemplate ? YAMLConfig.quoteIt : "a key must be a plain word")
            }
            let path = path + [scalar.string]
            guard seen.insert(scalar.string).inserted else { throw problem(place, path, "this key stands here twice") }
            entries.append(
                ConfigNode.Entry(key: scalar.string, keyPlace: place, value: try node(value, path: path)))
        }
        return entries
    }

    private func place(of node: Node) -> ConfigPlace {
        ConfigPlace(file: file, line: node.mark?.line ?? 1, column: node.mark?.column ?? 1)
    }

    private func problem(_ place: ConfigPlace, _ path: [String], _ text: String) -> ConfigProblem {
        ConfigProblem(at: place, key: path.joined(separator: "."), text)
    }
}

extension String {
    /// The text without its byte order mark. Some editors begin a file with one (YAML 1.2.2 §5.2), and the parser,
    /// which is given text, does not expect it.
    fileprivate var withoutByteOrderMark: String {
        unicodeScalars.first == "\u{FEFF}" ? String(unicodeScalars.dropFirst()) : self
    }
}

extension Tag {
    /// Whether the tag is absent, or one that the parser finds by itself. Tags that ask for a conversion are not
    /// plain.
    fileprivate var isPlain: Bool {
        let conversions: [Name] = [.binary, .merge, .omap, .pairs, .set]
        return rawValue.isEmpty || rawValue == "!"
            || (rawValue.hasPrefix("tag:yaml.org,2002:") && !conversions.contains { $0.rawValue == rawValue })
    }
}

extension Node.Scalar {
    /// Whether the value is null. The parser may have put its own tag in place of an absent one.
    fileprivate var isNull: Bool {
        style == .plain && (tag.rawValue.isEmpty || tag.rawValue == Tag.Name.null.rawValue)
            && ["", "~", "null", "Null", "NULL"].contains(string)
    }
}

extension ConfigProblem {
    /// The parser's error, at its place in the file.
    fileprivate init(_ error: YamlError, file: String) {
        func at(_ mark: Mark, key: String = "", _ text: String) -> ConfigProblem {
            ConfigProblem(at: ConfigPlace(file: file, line: mark.line, column: mark.column), key: key, text)
        }
        switch error {
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            self = at(
                mark,
                "not valid YAML: "
                    + [context.map { "\($0.text) that begins on line \($0.mark.line)" }, problem].compactMap { $0 }
                    .joined(separator: ", "))
        case .duplicatedKeysInMapping(let keys, let context):
            self = at(context.mark, key: keys.first ?? "", "this key stands in its map more than once")
        case .reader(let problem, let offset, _, let text):
            let place = ConfigPlace(file: file, text: text, offset: offset ?? 0)
            self = ConfigProblem(at: place, key: "", "not valid YAML: \(problem)")
        default: self = ConfigProblem(at: ConfigPlace(file: file, line: 1, column: 1), key: "", "not readable as YAML")
        }
    }
}

extension ConfigProblem {
    /// The problem with a hint if its line has a `{{` that is not in quotes. The parser reports such a line, or the one
    /// after it.
    fileprivate func withHint(for text: String) -> ConfigProblem {
        let lines = text.split(separator: "\n", maxSplits: place.line, omittingEmptySubsequences: false)
        for number in [place.line, place.line - 1] where lines.indices.contains(number - 1) && number > 0 {
            let line = lines[number - 1]
            guard let mark = [": {{", "- {{", "[{{", ", {{"].lazy.compactMap({ line.firstRange(of: $0) }).first else {
                continue
            }
            let column = line.distance(from: line.startIndex, to: mark.upperBound) - 1
            let place = ConfigPlace(file: place.file, line: number, column: column)
            return ConfigProblem(at: place, key: key, YAMLConfig.quoteIt)
        }
        return self
    }
}

extension ConfigPlace {
    /// The place of a character counted from the start of a text.
    fileprivate init(file: String, text: String, offset: Int) {
        let lines = text.prefix(offset).split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        self.init(file: file, line: lines.count, column: (lines.last?.count ?? 0) + 1)
    }
}
