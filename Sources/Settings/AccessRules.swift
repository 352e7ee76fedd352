/// Who may use the gateways, and who may run them.
package struct AccessRules: Sendable, Equatable {
    /// Domains, bare JIDs, or `*` for everybody; in lower case.
    package var allow: [String]
    /// Bare JIDs in lower case. Admins need no entry in `allow`.
    package var admins: [String]

    package init(allow: [String], admins: [String] = []) {
        self.allow = allow
        self.admins = admins
    }

    /// - Parameters:
    ///   - bareJID: normalised (RFC 7622 §3), without a resource.
    ///   - domain: that of this JID. Whoever has read the JID has it at hand, and every stanza asks.
    package func allows(_ bareJID: String, of domain: String) -> Bool {
        allow.contains { $0 == "*" || $0 == bareJID || $0 == domain } || isAdmin(bareJID)
    }

    /// - Parameter bareJID: normalised, without a resource.
    package func isAdmin(_ bareJID: String) -> Bool { admins.contains(bareJID) }
}
