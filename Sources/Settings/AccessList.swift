import Patterns

/// A list of users: bare JIDs, domains, patterns, or everybody.
package struct AccessList: Sendable, Equatable {
    /// Bare JIDs and domains in lower case. `*` stands for everybody.
    package var names: Set<String> {
        didSet { only = names.count == 1 ? names.first : nil }
    }
    /// The name, if there is only one. Most lists have one domain, and comparing it is faster than hashing.
    private var only: String?
    /// Regular expressions that a whole bare JID must match.
    package var patterns: [Pattern]

    package init(_ names: Set<String>, patterns: [Pattern] = []) {
        self.names = names
        only = names.count == 1 ? names.first : nil
        self.patterns = patterns
    }

    package var isEmpty: Bool { names.isEmpty && patterns.isEmpty }

    /// Whether a user is in the list. Every stanza asks this.
    ///
    /// - Parameters:
    ///   - bareJID: normalised (RFC 7622 §3).
    ///   - domain: the domain of this JID.
    func contains(_ bareJID: String, of domain: String) -> Bool {
        only == domain || names.contains(domain) || names.contains("*") || names.contains(bareJID)
            || patterns.contains { $0.matches(bareJID) }
    }
}
