import Foundation

/// The warnings and errors that the program writes for its operator, as the source has them, and the page that explains
/// them.
struct OperatorWords {
    /// A text of the source, with `…` in place of each value in it.
    struct Words: Hashable {
        let path: String
        let text: String
    }

    /// The texts quoted in the first column of the page's tables.
    let quotes: [String]

    /// - Parameter page: Markdown with tables of which each row begins with a text between grave accents.
    init(page: String) {
        quotes = page.split(separator: "\n").compactMap { line in
            line.firstMatch(of: /^\| `([^`]+)` \|/).map { String($0.output.1) }
        }
    }

    /// The texts that no quote explains.
    func unexplained(in files: [SourceFile]) -> [Words] {
        files.flatMap(Self.words).filter { words in !quotes.contains { Self.explains($0, words.text) } }
    }

    /// The quotes of which a part is nowhere in the source.
    func unknown(in files: [SourceFile]) -> [String] {
        let source = files.map { Self.joined($0.text).replacing("\\\"", with: "\"") }.joined(separator: "\n")
        return quotes.filter { quote in !Self.parts(of: quote).allSatisfy(source.contains) }
    }

    /// All warnings and errors of a file. A text that consists of values, such as a path and a reason, is none.
    static func words(in file: SourceFile) -> [Words] {
        let text = joined(file.text)
        return beginnings(in: file.path).flatMap { text.ranges(of: $0) }.map { literal(text[$0.upperBound...]) }
            .filter { $0.count(where: \.isLetter) > 10 && $0.first?.isUppercase == false }
            .map { Words(path: file.path, text: $0) }
    }

    /// What stands before such a text in a file, up to its first character.
    private static func beginnings(in path: String) -> [Regex<Substring>] {
        var all: [Regex<Substring>] = [
            /logger\.(?:warning|error|critical)\(\s*"/, /kernel\.log\(\s*\.(?:warning|error|critical),\s*"/,
            /log\(\s*level: [^"]*\.(?:warning|error|critical)[^"]*"/, /(?:log|refusals)\.refused\(\s*"/,
            /StartFailure\(\s*"/,
        ]
        if settings.contains(where: path.hasPrefix), !path.contains("/Profile/") {
            all.append(/report\([^",]*(?:"[^"]*")?[^",]*,\s*"/)
        }
        if stores.contains(where: path.hasPrefix) { all.append(/\.unavailable\(\s*"/) }
        if sentences.contains(path) { all.append(/(?:return|[:=])\s+"/) }
        return all
    }

    /// Where the settings are read. A provider's profile is for people who write one.
    private static let settings = ["Sources/Settings/", "Sources/GatewayKit/ConfigReader", "gateways/"]

    /// The modules whose `RegistryError.unavailable` has a text for the operator.
    private static let stores = ["Sources/Registry/", "Sources/SQLiteStore/"]

    /// Files whose texts become parts of a record of the log.
    private static let sentences: Set = [
        "Sources/ComponentLink/LinkFailure+Words.swift", "Sources/Networking/DialError+Words.swift",
        "Sources/SQLiteStore/RegistryError+Database.swift",
    ]

    /// The source with each text in one piece that is written in several lines.
    private static func joined(_ text: String) -> String { text.replacing(/"\s*\+\s*"/, with: "") }

    /// Reads a text up to its closing quotation mark.
    private static func literal(_ source: Substring) -> String {
        var text = ""
        var rest = source
        while let character = rest.popFirst(), character != "\"" {
            guard character == "\\", let next = rest.popFirst() else {
                text.append(character)
                continue
            }
            guard next == "(" else {
                text.append(next)
                continue
            }
            var depth = 1
            while depth > 0, let inner = rest.popFirst() { depth += inner == "(" ? 1 : inner == ")" ? -1 : 0 }
            text.append("…")
        }
        return text
    }

    /// Whether a quote has words, and all of them are in the text.
    private static func explains(_ quote: String, _ text: String) -> Bool {
        let parts = parts(of: quote)
        return !parts.isEmpty && parts.allSatisfy(text.contains)
    }

    private static func parts(of quote: String) -> [String] {
        quote.split(separator: "…").map(String.init).filter { $0.contains(where: \.isLetter) }
    }
}
