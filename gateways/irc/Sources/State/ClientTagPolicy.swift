/// The client-only tags that the server passes on (RPL_ISUPPORT `CLIENTTAGDENY`, IRCv3 message-tags). A server without
/// that token passes on all of them.
struct ClientTagPolicy: Sendable, Equatable {
    private var deniesAll = false
    /// The names of the denied tags, without the `+`. If `deniesAll`, the names of the tags that are allowed.
    private var named: Set<Substring> = []

    /// Allows all tags.
    init() {}

    /// Reads the token's value: names that are denied, or `*` for all and then `-name` for each exemption.
    init(_ value: String) {
        let items = value.split(separator: ",")
        deniesAll = items.first == "*"
        named = Set(items.filter { deniesAll == ($0.first == "-") }.map { deniesAll ? $0.dropFirst() : $0 })
    }

    /// Whether the server passes on a tag.
    ///
    /// - Parameter tag: a client-only tag, with its `+`.
    func allows(_ tag: TagName) -> Bool {
        deniesAll == named.contains(tag.text.description.dropFirst())
    }
}
