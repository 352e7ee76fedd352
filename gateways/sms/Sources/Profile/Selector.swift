import Basics

/// Where one value stands in what a provider sent: `json:/pointer`, `form:name`, `query:name`, `header:name`, `text`,
/// `re:pattern` (over the body's text), `http` (the status), `const:value`; then filters behind `|`.
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
    /// Words of the provider to words of ours; a value that is not in it counts as absent. Nil: no translation.
    var map: [String: String]?
    var fallback: String?

    init(_ text: String) throws(ProfileError) {
        // A pattern may contain '|' itself, so it has no filters.
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

    /// The value, or nil if it is not there or a filter or the map rejects it.
    func value(in received: Received) -> String? {
        var value = raw(in: received)
        for filter in filters { value = value.flatMap(filter.apply) }
        if let map { value = value.flatMap { map[$0] } }
        return value ?? fallback
    }

    /// The bytes of a field, for texts in another character set than UTF-8; nil where there are none.
    func bytes(in received: Received) -> [UInt8]? {
        switch source {
        case .query(let name): received.query.bytes(name)
        case .form(let name): received.form.bytes(name)
        default: raw(in: received).map { Array($0.utf8) }
        }
    }

    /// The name of the field that is selected, if there are several of that name.
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
