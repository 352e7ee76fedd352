import GatewayKit
import Patterns

extension Condition {
    /// Reads a condition, and finishes the reader. Faults are reported; a condition without a part never holds.
    init(reading reader: ConfigReader) {
        defer { reader.finish() }
        var parts: [Condition] = []
        if let codes = reader.statusCodes("http") { parts.append(.status(codes)) }
        if let pattern = reader.pattern("text") { parts.append(.text(pattern)) }
        parts += Self.values(reader)
        for (key, make) in [("all", Condition.all), ("any", Condition.any)] where reader.has(key) {
            parts.append(make(reader.readers(key).map(Condition.init)))
        }
        if let map = reader.map("not") { parts.append(.not(Condition(reading: map))) }
        for (key, make) in [("every", Condition.every), ("some", Condition.some)] where reader.has(key) {
            if let steps = reader.pointer(key), let part = reader.condition("is") { parts.append(make(steps, part)) }
        }
        if parts.isEmpty { reader.problems.add(ConfigProblem(at: reader.place, key: reader.path, Self.nothing)) }
        self = parts.count == 1 ? parts[0] : .all(parts)
    }

    private static let nothing =
        "a condition is expected here, such as {http: 200}, {json: /error, exists: false} or {any: […]}"

    /// Reads `json` or `value` with the keys that say what is asked of it.
    private static func values(_ reader: ConfigReader) -> [Condition] {
        var selector = reader.selector("value")
        if reader.has("json") {
            if selector != nil { reader.report("json", "a condition has either 'json' or 'value'") }
            selector = reader.pointer("json").map(Selector.init(pointer:))
        }
        let words = reader.oneOrMore("in")
        let pattern = reader.pattern("matches")
        let exists = reader.boolean("exists")
        let tests = [words != nil, pattern != nil, exists != nil].count { $0 }
        guard let selector else {
            if tests > 0, !reader.has("json"), !reader.has("value") {
                reader.report("in", "'in', 'matches' and 'exists' need 'json' or 'value' beside them")
            }
            return []
        }
        guard tests == 1 else {
            reader.report(
                reader.has("json") ? "json" : "value", "one of 'in', 'matches' and 'exists' is needed beside it")
            return []
        }
        if let words { return [.value(selector, words: words)] }
        if let pattern { return [.pattern(selector, pattern)] }
        return [exists == false ? .not(.exists(selector)) : .exists(selector)]
    }
}

extension ConfigReader {
    /// The condition at a key; its absence is reported.
    func condition(_ key: String) -> Condition? {
        guard let map = map(key) else {
            report(key, "required, but missing")
            return nil
        }
        return Condition(reading: map)
    }

    /// The steps of a JSON pointer. The pointer `/` alone is the whole value.
    func pointer(_ key: String) -> [String]? {
        guard let text = string(key) else { return nil }
        if text == "/" { return [] }
        if let steps = JSONValue.steps(ofPointer: text) { return steps }
        report(key, "a JSON pointer starts with '/', as in /messages/0/id")
        return nil
    }
}
