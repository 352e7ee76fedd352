import GatewayKit

extension ConfigReader {
    /// The rule for a JSON value. A text is a template, a list is an array, and a map is an object, unless it has one
    /// of the keys `value`, `if`, `integer`, `boolean` and `object`.
    func jsonRule(_ key: String, names: Set<String>) -> JSONRule? {
        guard let node = node(key) else {
            report(key, "a value is expected here; an empty text is \"\"")
            return nil
        }
        switch node.value {
        case .null: return nil
        case .scalar: return template(key, names: names).map { .text(.template($0, omitEmpty: false, unless: nil)) }
        case .list(let items):
            // Each item is read as the entry of a map, so that its faults have their own places.
            let entries = items.map { ConfigNode.Entry(key: "item", keyPlace: $0.place, value: $0) }
            return .list(
                entries.compactMap { entry in
                    let holder = ConfigNode(.map([entry]), at: entry.keyPlace)
                    return ConfigReader(holder, path: path(key), problems: problems, secrets: secrets)
                        .jsonRule("item", names: names)
                })
        case .map: return map(key).flatMap { $0.jsonMap(names) }
        }
    }

    private func jsonMap(_ names: Set<String>) -> JSONRule? {
        if has("object") { return typed("object") { $0.map("object").map { $0.jsonObject(names) } } }
        if has("integer") {
            return typed("integer") { FieldRule.value("integer", in: $0, names: names).map(JSONRule.integer) }
        }
        if has("boolean") {
            return typed("boolean") { FieldRule.value("boolean", in: $0, names: names).map(JSONRule.boolean) }
        }
        if has("if") { return typed("if") { $0.jsonChoice(names) } }
        if has("value") { return typed("value") { FieldRule.valueMap($0, names: names).map(JSONRule.text) } }
        return jsonObject(names)
    }

    private func typed(_ key: String, _ make: (ConfigReader) -> JSONRule?) -> JSONRule? {
        defer { finish() }
        return make(self)
    }

    private func jsonObject(_ names: Set<String>) -> JSONRule {
        .object(
            allEntries.compactMap { entry in
                jsonRule(entry.key, names: names).map { JSONRule.Member(name: entry.key, rule: $0) }
            })
    }

    private func jsonChoice(_ names: Set<String>) -> JSONRule? {
        guard let condition = requiredTemplate("if", names: names), let then = jsonRule("then", names: names) else {
            return nil
        }
        let otherwise = has("else") ? jsonRule("else", names: names) : nil
        return .choice(condition: condition, then: then, otherwise: otherwise)
    }
}
