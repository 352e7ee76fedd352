import GatewayKit

extension ResponseRule {
    /// Reads `accept`, `result`, `errors` and `error_text` of a profile's `send`; the caller finishes the reader.
    init(reading reader: ConfigReader, states: [String: DeliveryState]) {
        self.states = states
        if let map = reader.map("accept") {
            if !map.has("http") { map.report("http", "required, but missing") }
            accept = Condition(reading: map)
        } else {
            accept = .any([])
            reader.report("accept", "required, but missing")
        }
        isRepeatable = reader.boolean("idempotent") ?? false
        var id: Selector?
        var state: Selector?
        var facts = FactFields()
        if let map = reader.map("result") {
            if !map.isNone("id") { id = map.requiredSelector("id") }
            state = map.selector("state")
            facts = FactFields(reading: map)
            map.finish()
        } else {
            reader.report("result", "required, but missing; {id: none} if the provider gives no id")
        }
        self.id = id
        self.state = state
        self.facts = facts
        errors = reader.readers("errors").compactMap(ErrorRule.init)
        errorText = reader.selector("error_text")
    }
}

extension ErrorRule {
    init?(reading reader: ConfigReader) {
        defer { reader.finish() }
        let condition = reader.condition("when")
        let retry = reader.map("retry")
        let after = retry?.selector("after")
        let wait = retry?.integer("default", in: 0...3600).map { Duration.seconds($0) }
        retry?.finish()
        guard let kind = reader.choice("kind", of: ProviderErrorKind.self), let condition else {
            if !reader.has("kind") { reader.report("kind", "required, but missing") }
            return nil
        }
        if retry != nil, kind != .rateLimited, kind != .providerDown {
            reader.report("retry", "only rate_limited and provider_down are tried again")
        }
        self.init(condition: condition, kind: kind, retryAfter: after, retryDefault: wait)
    }
}

extension ConfigReader {
    /// A reader for each map of a list.
    func readers(_ key: String) -> [ConfigReader] {
        guard let node = node(key) else { return [] }
        guard case .list(let items) = node.value else {
            report(key, "a list is expected here")
            return []
        }
        return items.enumerated().map { index, item in
            ConfigReader(item, path: "\(path(key))[\(index)]", problems: problems, secrets: secrets)
        }
    }
}

extension ConfigReader {
    /// Whether the value of a key is the word `none`.
    fileprivate func isNone(_ key: String) -> Bool {
        if case .scalar("none")? = node(key)?.value { true } else { false }
    }
}
