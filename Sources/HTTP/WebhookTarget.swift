/// The request target, split but not decoded (RFC 9112 §3.2).
struct WebhookTarget: Equatable {
    let path: Substring
    let query: Substring?

    /// Splits the origin form, and the absolute form, which servers must accept (RFC 9112 §3.2.2). Nil for any other
    /// form.
    init?(_ target: String) {
        var rest = Substring(target)
        for scheme in ["http://", "https://"] where rest.lowercased().hasPrefix(scheme) {
            rest = rest.dropFirst(scheme.count).drop { $0 != "/" && $0 != "?" }
            if rest.first != "/" { rest = "/" + rest }
            break
        }
        guard rest.first == "/" else { return nil }
        let mark = rest.firstIndex(of: "?")
        path = rest[..<(mark ?? rest.endIndex)]
        query = mark.map { rest[rest.index(after: $0)...] }
    }
}
