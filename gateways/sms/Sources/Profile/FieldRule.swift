import GatewayKit

/// One field of a request: its name, and the rule that makes its value.
struct FieldRule: Sendable {
    indirect enum Value: Sendable {
        /// The field is left out if `omitEmpty` is set and the value is empty, or if `unless` is true.
        case template(Template, omitEmpty: Bool, unless: Template?)
        case choice(condition: Template, then: Value, otherwise: Value?)
    }

    let name: String
    let value: Value

    /// The value without escapes. Nil if the field is left out.
    func text(_ values: TemplateValues) -> String? { Self.text(value, values) }

    static func text(_ value: Value, _ values: TemplateValues) -> String? {
        switch value {
        case .template(let template, let omitEmpty, let unless):
            if let unless, isTrue(unless.text(values)) { return nil }
            let text = template.text(values)
            return omitEmpty && text.isEmpty ? nil : text
        case .choice(let condition, let then, let otherwise):
            if isTrue(condition.text(values)) { return text(then, values) }
            return otherwise.flatMap { text($0, values) }
        }
    }

    /// Whether a text counts as true: every text does, except the empty one and `false`.
    static func isTrue(_ text: String) -> Bool { !text.isEmpty && text != "false" }

    /// The names that the templates of a value use.
    static func names(_ value: Value) -> [String] {
        switch value {
        case .template(let template, omitEmpty: _, let unless): template.names + (unless?.names ?? [])
        case .choice(let condition, let then, let otherwise):
            condition.names + names(then) + (otherwise.map(names) ?? [])
        }
    }
}

extension FieldRule {
    /// Reads a map of fields: `name: "template"`, `{value, omit_empty, unless}` or `{if, then, else}`.
    static func all(reading reader: ConfigReader, names: Set<String>) -> [FieldRule] {
        reader.allEntries.compactMap { entry in
            value(entry.key, in: reader, names: names).map { FieldRule(name: entry.key, value: $0) }
        }
    }

    static func value(_ key: String, in reader: ConfigReader, names: Set<String>) -> Value? {
        guard let node = reader.node(key) else { return nil }
        if case .scalar = node.value {
            return reader.template(key, names: names).map { .template($0, omitEmpty: false, unless: nil) }
        }
        guard let map = reader.map(key) else { return nil }
        defer { map.finish() }
        if map.has("if") {
            guard let condition = map.requiredTemplate("if", names: names),
                let then = value("then", in: map, names: names)
            else { return nil }
            return .choice(condition: condition, then: then, otherwise: value("else", in: map, names: names))
        }
        return valueMap(map, names: names)
    }

    /// Reads `{value, omit_empty, unless}`; the caller finishes the reader.
    static func valueMap(_ map: ConfigReader, names: Set<String>) -> Value? {
        let omitEmpty = map.boolean("omit_empty") ?? false
        let unless = map.template("unless", names: names)
        return map.requiredTemplate("value", names: names).map {
            .template($0, omitEmpty: omitEmpty, unless: unless)
        }
    }
}
