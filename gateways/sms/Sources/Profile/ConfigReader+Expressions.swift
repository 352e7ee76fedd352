import GatewayKit
import Patterns

extension ConfigReader {
    /// The template at a key. Its faults are reported at that key.
    func template(_ key: String, names: Set<String>) -> Template? {
        string(key).flatMap { text in expression(key) { () throws(ProfileError) in try Template(text, names: names) } }
    }

    func requiredTemplate(_ key: String, names: Set<String>) -> Template? {
        requireKey(key)
        return template(key, names: names)
    }

    /// One template or a list of them.
    func templates(_ key: String, names: Set<String>) -> [Template] {
        (oneOrMore(key) ?? []).compactMap { text in
            expression(key) { () throws(ProfileError) in try Template(text, names: names) }
        }
    }

    /// A selector, or `{from: selector, map: {theirs: ours}, default: value}` with `first: [selectors]` in place of
    /// `from` if there are several ways to the value.
    ///
    /// - Parameter words: if given, the words to which the map may translate.
    func selector(_ key: String, words: [String]? = nil) -> Selector? {
        guard let node = node(key) else { return nil }
        if case .scalar(let text) = node.value { return selector(key, text: text) }
        guard case .map = node.value, let reader = map(key) else {
            report(key, "a selector or {from: …, map: …} is expected here")
            return nil
        }
        defer { reader.finish() }
        let found = reader.has("first") ? reader.firstSelector() : reader.fromSelector()
        guard var selector = found else { return nil }
        selector.map = reader.map("map")?.words(allowed: words)
        selector.fallback = reader.string("default")
        return selector
    }

    func requiredSelector(_ key: String, words: [String]? = nil) -> Selector? {
        requireKey(key)
        return selector(key, words: words)
    }

    /// A list of selectors.
    func selectors(_ key: String) -> [Selector] {
        strings(key).compactMap { selector(key, text: $0) }
    }

    /// The pattern at a key: `re:` followed by a regular expression.
    func pattern(_ key: String) -> Pattern? {
        guard let text = string(key) else { return nil }
        guard text.hasPrefix("re:") else {
            report(key, "a pattern starts with 're:'")
            return nil
        }
        return expression(key) { () throws(ProfileError) in try Pattern(inProfile: String(text.dropFirst(3))) }
    }

    /// HTTP status codes.
    func statusCodes(_ key: String) -> [Int]? {
        oneOrMore(key).map { texts in
            texts.compactMap { text in
                guard let code = Int(text), (100...599).contains(code) else {
                    report(key, "'\(text)' is not an HTTP status")
                    return nil
                }
                return code
            }
        }
    }

    /// The entries of a map whose keys are chosen by the author of the file, as texts.
    func words(allowed: [String]? = nil) -> [String: String] {
        var result: [String: String] = [:]
        for entry in allEntries {
            guard let word = string(entry.key) else { continue }
            if let allowed, !allowed.contains(word) {
                report(entry.key, "'\(word)' is not one of \(allowed.joined(separator: ", "))")
            }
            result[entry.key] = word
        }
        return result
    }

    func expression<Value>(_ key: String, _ make: () throws(ProfileError) -> Value) -> Value? {
        do {
            return try make()
        } catch {
            report(key, error.text)
            return nil
        }
    }

    private func fromSelector() -> Selector? { requiredString("from").flatMap { selector("from", text: $0) } }

    private func firstSelector() -> Selector? {
        let texts = strings("first")
        return expression("first") { () throws(ProfileError) in
            if texts.isEmpty { throw ProfileError("a list of selectors is expected here") }
            return try Selector(first: texts)
        }
    }

    private func selector(_ key: String, text: String) -> Selector? {
        expression(key) { () throws(ProfileError) in try Selector(text) }
    }

    private func requireKey(_ key: String) {
        if node(key) == nil { report(key, "required, but missing") }
    }
}
