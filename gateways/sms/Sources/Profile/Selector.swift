import Basics
import Patterns

/// Selects one value of an answer or call of a provider: `json:/pointer`, `form:name`, `query:name`, `field:name` (of
/// the form, else of the query), `header:name`, `claim:/pointer` (of a verified token), `setting:name`, `text`,
/// `re:pattern` (searches the body's text), `http` (the status) or `const:value`. Filters may follow, each after a `|`.
struct Selector: Sendable, Equatable {
    enum Source: Sendable, Equatable {
        case json([String])
        case claim([String])
        case form(String)
        case query(String)
        case field(String)
        case header(String)
        case setting(String)
        case text
        case pattern(Pattern)
        case http
        case constant(String)
    }

    /// One way to a value.
    private struct Way: Sendable, Equatable {
        let source: Source
        var filters: [ValueFilter] = []
    }

    /// The ways in their order. The first one that leads to a value counts.
    private var ways: [Way]
    /// Translates the provider's words to ours. A value that is not in the map becomes `fallback`, or counts as absent.
    /// Nil if values are not translated.
    var map: [String: String]?
    var fallback: String?

    init(_ text: String) throws(ProfileError) { ways = [try Self.way(text)] }

    /// Selects the first value that there is.
    init(first texts: [String]) throws(ProfileError) {
        ways = []
        for text in texts { ways.append(try Self.way(text)) }
    }

    init(pointer steps: [String]) { ways = [Way(source: .json(steps))] }

    private static func way(_ text: String) throws(ProfileError) -> Way {
        // A pattern may contain '|', so no filters can follow it.
        if text.hasPrefix("re:") { return Way(source: .pattern(try Pattern(inProfile: String(text.dropFirst(3))))) }
        let parts = text.split(separator: "|", omittingEmptySubsequences: false).map(\.trimmed)
        var way = Way(source: try source(parts[0]))
        for part in parts.dropFirst() { way.filters.append(try ValueFilter(part)) }
        return way
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
        case ("field", let name?): return .field(name)
        case ("header", let name?): return .header(name)
        case ("setting", let name?): return .setting(name)
        case ("json", let pointer?): return .json(try steps(pointer))
        case ("claim", let pointer?): return .claim(try steps(pointer))
        default:
            throw ProfileError(
                "'\(text)' selects nothing; known are json:/pointer, form:name, query:name, field:name, header:name, "
                    + "claim:/pointer, setting:name, text, re:pattern, http, const:value")
        }
    }

    /// The steps of a pointer. `/` alone is the whole value.
    private static func steps(_ pointer: String) throws(ProfileError) -> [String] {
        if pointer == "/" { return [] }
        guard let steps = JSONValue.steps(ofPointer: pointer) else {
            throw ProfileError("a JSON pointer starts with '/', as in json:/messages/0/id")
        }
        return steps
    }

    /// The value; nil if it is absent, or if a filter or the map rejects it.
    func value(in received: Received) -> String? {
        var value: String?
        for way in ways {
            value = raw(way.source, in: received)
            for filter in way.filters { value = value.flatMap(filter.apply) }
            if value != nil { break }
        }
        if let map { value = value.flatMap { map[$0] } }
        return value ?? fallback
    }

    /// Whether there is a value, a list or an object in JSON included. Null is none.
    func exists(in received: Received) -> Bool {
        value(in: received) != nil
            || ways.contains { way in
                guard case .json(let steps) = way.source, let value = received.json?.value(at: steps) else {
                    return false
                }
                return value.scalar == nil && value != .null
            }
    }

    /// The bytes of a field, for texts in a character set other than UTF-8; nil for selectors that have no bytes.
    func bytes(in received: Received) -> [UInt8]? {
        for way in ways {
            let bytes: [UInt8]? =
                switch way.source {
                case .query(let name): received.query.bytes(name)
                case .form(let name): received.form.bytes(name)
                case .field(let name): received.form.bytes(name) ?? received.query.bytes(name)
                default: raw(way.source, in: received).map { Array($0.utf8) }
                }
            if let bytes { return bytes }
        }
        return nil
    }

    /// The name of a selected field if there are several fields of that name; otherwise nil.
    func repeatedField(in received: Received) -> String? {
        for way in ways {
            switch way.source {
            case .query(let name) where received.query.isRepeated(name): return name
            case .form(let name) where received.form.isRepeated(name): return name
            case .field(let name) where received.query.isRepeated(name) || received.form.isRepeated(name): return name
            default: break
            }
        }
        return nil
    }

    /// Whether a value can only be in the form of a body.
    var needsForm: Bool {
        ways.allSatisfy { if case .form = $0.source { true } else { false } } && fallback == nil
    }

    /// Whether a value comes from the claims of a token.
    var readsClaims: Bool { ways.contains { if case .claim = $0.source { true } else { false } } }

    /// Whether it reads claims of a token, and nothing that somebody could add to a call.
    var isSigned: Bool {
        ways.allSatisfy {
            switch $0.source {
            case .claim, .setting, .constant: true
            default: false
            }
        }
    }

    /// The names of the settings that it reads.
    var settings: [String] { ways.compactMap { if case .setting(let name) = $0.source { name } else { nil } } }

    private func raw(_ source: Source, in received: Received) -> String? {
        switch source {
        case .json(let steps): received.json?.value(at: steps)?.scalar
        case .claim(let steps): received.claims?.value(at: steps)?.scalar
        case .form(let name): received.form[name]
        case .query(let name): received.query[name]
        case .field(let name): received.form[name] ?? received.query[name]
        case .header(let name): received.header(name)
        case .setting(let name): received.settings[name].flatMap { $0.isEmpty ? nil : $0 }
        case .text: received.text
        case .pattern(let pattern): pattern.firstMatch(in: received.text)
        case .http: received.status.map { String($0) }
        case .constant(let value): value
        }
    }
}

extension FormFields {
    fileprivate func isRepeated(_ name: String) -> Bool { all.count { $0.name == name } > 1 }
}
