/// The targets that `Package.swift` declares, read as text: `swift package dump-package` would wait for the lock that
/// the running tests hold. It understands target calls with literal names, and dependencies that are literals or
/// constants with a written type.
struct Manifest {
    struct Target {
        let name: String
        let folder: String
        /// Names of targets and products.
        let dependencies: Set<String>
    }

    private let text: String

    init(_ text: String) {
        self.text = text.split(separator: "\n", omittingEmptySubsequences: false)
            .filter { !$0.trimmingPrefix { $0 == " " }.hasPrefix("//") }
            .joined(separator: "\n")
    }

    /// Everything but tests and plugins.
    var targets: [Target] {
        ["target", "executableTarget", "systemLibrary"].flatMap { kind in
            text.ranges(of: ".\(kind)(").compactMap { target(Self.balanced(text[$0.upperBound...])) }
        }
    }

    private func target(_ arguments: Substring) -> Target? {
        guard let name = Self.string(after: "name:", in: arguments) else { return nil }
        let folder = Self.string(after: "path:", in: arguments) ?? "Sources/\(name)"
        let list = arguments.firstRange(of: "dependencies:").map {
            Self.balanced(arguments[$0.upperBound...], until: ",")
        }
        return Target(name: name, folder: folder, dependencies: names(in: list ?? "", depth: 0))
    }

    /// The names in an expression; constants are looked up.
    private func names(in expression: Substring, depth: Int) -> Set<String> {
        guard depth < 5 else { return [] }
        let plain = String(expression).replacing(/package:\s*"[^"]*"/, with: "")
        var names = Set(plain.matches(of: /"([^"]*)"/).map { String($0.output.1) })
        for match in plain.replacing(/"[^"]*"/, with: "").matches(of: /(?:^|[^.\w])([a-z]\w*)(?!\w|\s*:)/) {
            guard let start = text.firstRange(of: "let \(match.output.1):") else { continue }
            let definition = text[start.upperBound...]
            guard let equals = definition.firstIndex(of: "=") else { continue }
            let value = Self.balanced(definition[definition.index(after: equals)...], until: "\n")
            names.formUnion(self.names(in: value, depth: depth + 1))
        }
        return names
    }

    private static func string(after label: String, in text: Substring) -> String? {
        guard let start = text.firstRange(of: label) else { return nil }
        return text[start.upperBound...].firstMatch(of: /^\s*"([^"]+)"/).map { String($0.output.1) }
    }

    /// The text up to the bracket that closes what was open before it, or to `end` outside of all brackets.
    private static func balanced(_ text: Substring, until end: Character? = nil) -> Substring {
        var depth = 0
        for index in text.indices {
            switch text[index] {
            case "(", "[", "{": depth += 1
            case ")", "]", "}":
                depth -= 1
                if depth < 0 { return text[..<index] }
            case end where depth == 0: return text[..<index]
            default: break
            }
        }
        return text
    }
}
