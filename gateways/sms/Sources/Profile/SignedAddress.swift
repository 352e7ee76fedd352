/// The parts of a request's address that signatures cover.
struct SignedAddress {
    let host: String
    /// The path, at least `/`.
    let path: String
    /// The query without `?`; empty if there is none.
    let query: String

    init(_ url: String) {
        let rest = url.split(separator: "://", maxSplits: 1).last.map(String.init) ?? url
        let authority = rest.prefix { !"/?#".contains($0) }
        let sides = rest.dropFirst(authority.count).split(
            separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        host = authority.lowercased()
        path = sides.first.map(String.init).flatMap { $0.isEmpty ? nil : $0 } ?? "/"
        query = sides.count > 1 ? String(sides[1]) : ""
    }
}
