extension ConfigReader {
    /// One text or a list of texts. Nil if the key is absent, or is a map, which is reported.
    package func oneOrMore(_ key: String) -> [String]? {
        guard let node = node(key) else { return nil }
        if case .list = node.value { return strings(key) }
        return string(key).map { [$0] }
    }
}
