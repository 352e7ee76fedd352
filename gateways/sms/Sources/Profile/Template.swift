import Basics

/// A text with placeholders `{{name|filter|filter:argument}}`.
///
/// Placeholders are filled in one pass, and their values are never read as templates. The place in the request decides
/// the escaping of the values, not the author of the template.
struct Template: Equatable, Sendable {
    enum Piece: Equatable, Sendable {
        case literal(String)
        case placeholder(name: String, filters: [ValueFilter])
    }

    let pieces: [Piece]

    /// - Parameter names: the names that placeholders may use at this place.
    init(_ text: String, names: Set<String>) throws(ProfileError) {
        var pieces: [Piece] = []
        for part in try Self.parts(of: text) {
            switch part {
            case .literal(let text): pieces.append(.literal(text))
            case .placeholder(let text): pieces.append(try Self.placeholder(text, names: names))
            }
        }
        self.pieces = pieces
    }

    /// A part of a template before its placeholders are read.
    enum Part {
        case literal(String)
        /// The text between `{{` and `}}`.
        case placeholder(Substring)
    }

    static func parts(of text: String) throws(ProfileError) -> [Part] {
        var parts: [Part] = []
        var rest = Substring(text)
        while let open = rest.firstRange(of: "{{") {
            if open.lowerBound > rest.startIndex { parts.append(.literal(String(rest[..<open.lowerBound]))) }
            guard let close = rest[open.upperBound...].firstRange(of: "}}") else {
                throw ProfileError("'{{' without '}}'")
            }
            parts.append(.placeholder(rest[open.upperBound..<close.lowerBound]))
            rest = rest[close.upperBound...]
        }
        if !rest.isEmpty { parts.append(.literal(String(rest))) }
        return parts
    }

    init(literal: String) { pieces = literal.isEmpty ? [] : [.literal(literal)] }

    /// The text with all placeholders filled in. Each value goes through `escape`; the template's own text does not. A
    /// name without a value gives an empty text.
    func text(_ values: TemplateValues, escape: (String) -> String = { $0 }) -> String {
        var result = ""
        for piece in pieces {
            switch piece {
            case .literal(let text): result += text
            case .placeholder(let name, let filters):
                var value: String? = values[name]
                for filter in filters { value = value.flatMap(filter.apply) }
                result += escape(value ?? "")
            }
        }
        return result
    }

    /// The names that the template uses.
    var names: [String] {
        pieces.compactMap { if case .placeholder(let name, _) = $0 { name } else { nil } }
    }

    private static func placeholder(_ text: Substring, names: Set<String>) throws(ProfileError) -> Piece {
        let parts = text.split(separator: "|", omittingEmptySubsequences: false).map(\.trimmed)
        let name = parts[0]
        guard names.contains(name) else {
            throw ProfileError("unknown name '\(name)'; known here: \(names.sorted().joined(separator: ", "))")
        }
        var filters: [ValueFilter] = []
        for part in parts.dropFirst() { filters.append(try ValueFilter(part)) }
        return .placeholder(name: name, filters: filters)
    }
}

/// The values for the placeholders of templates. They are never printed, because settings are among them.
struct TemplateValues: Sendable {
    private var values: [String: String]

    init(_ values: [String: String] = [:]) { self.values = values }

    subscript(name: String) -> String? {
        get { values[name] }
        set { values[name] = newValue }
    }
}

extension TemplateValues: CustomStringConvertible, CustomReflectable {
    var description: String { "<\(values.count) values>" }
    var customMirror: Mirror { Mirror(self, children: []) }
}
