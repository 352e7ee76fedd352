import Basics

/// Selects one value of an answer or call of a provider: `json:/pointer`, `form:name`, `query:name`, `header:name`,
/// `text`, `re:pattern` (searches the body's text), `http` (the status) or `const:value`. Filters may follow, each
/// after a `|`.
struct Selector: Sendable, Equatable {
    enum Source: Sendable, Equatable {
        case json([String])
        case form(String)
        case query(String)
        case header(String)
        case text
        case pattern(Pattern)
        case http
        case constant(String)
    }

    let source: Source
    var filters: [ValueFilter] = []
    /// Translates the provider's words to ours. A value that is not in the map becomes `fallback`, or counts as absent.
    /// Nil if values are not translated.
    var map: [String: String]?
    var fallback: String?

    init(_ text: String) throws(ProfileError) {
        // A pattern may contain '|', so no filters can follow it.
        if text.hasPrefix("re:") {
            source = .pattern(try Pattern(String(text.dropFirst(3))))
            return
        }
        let parts = text.split(separator: "|", omittingEmptySubsequences: false).map(\.trimmed)
        source = try Self.source(parts[0])
        for part in parts.dropFirst() { filters.append(try ValueFilter(part)) }
    }

    private static func source(_ text: String) throws(ProfileError) -> Source {
        let sides = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let argument = sides.count > 1 && !sides[1].isEmpty ? sides[1] : nil
        switch (sides[0], argument) {
        case ("text", nil): return .text
        case ("http", nil): return .http
        case ("const", _): return .constant(sides.count > 1 ? sides[1] : "")
        case ("form", let name?): return .form(name)
        case ("query", let name?): return .query(name)
        case ("header", let name?): return .header(name)
        case ("json", let pointer?):
            guard let steps = JSONValue.steps(ofPointer: pointer) else {
                throw ProfileError("a JSON pointer starts with '/', as in json:/messages/0/id")
            }
            return .json(steps)
        default:
            throw ProfileError(
                "'\(text)' selects nothing; known are json:/pointer, form:name, query:name, header:name, text, "
                    + "re:pattern, http, const:value")
        }
    }

    /// The value; nil if it is absent, or if a filter or the map rejects it.
    func value(in received: Received) -> String? {
        var value = raw(in: received)
        for filter in filters { value = value.flatMap(filter.apply) }
        if let map { value = value.flatMap { map[$0] } }
        return value ?? fallback
    }

    /// The bytes of a field, for texts in a character set other than UTF-8; nil for selectors that have no bytes.
    func bytes(in received: Received) -> [UInt8]? {
        switch source {
        case .query(let name): received.query.bytes(name)
        case .form(let name): received.form.bytes(name)
        default: raw(in: received).map { Array($0.utf8) }
        }
    }

    /// The name of the selected field if there are several fields of that name; otherwise nil.
    func repeatedField(in received: Received) -> String? {
        switch source {
        case .query(let name): received.query.all.count { $0.name == name } > 1 ? name : nil
        case .form(let name): received.form.all.count { $0.name == name } > 1 ? name : nil
        default: nil
        }
    }

    private func raw(in received: Received) -> String? {
        switch source {
        case .json(let steps): received.json?.value(at: steps)?.scalar
        case .form(let name): received.form[name]
        case .query(let name): received.query[name]
        case .header(let name): received.header(name)
        case .text: received.text
        case .pattern(let pattern): pattern.firstMatch(in: received.text)
        case .http: received.status.map { String($0) }
        case .constant(let value): value
        }
    }
}
