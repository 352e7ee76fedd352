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
    ///   - bareJID: the user's bare JID, normalised (RFC 7622 §3).
    ///   - domain: the domain of this JID. The caller has it already, and this is asked for every stanza.
    package func allows(_ bareJID: String, of domain: String) -> Bool {
        allow.contains { $0 == "*" || $0 == bareJID || $0 == domain } || isAdmin(bareJID)
    }

    /// - Parameter bareJID: normalised (RFC 7622 §3), without a resource.
    package func isAdmin(_ bareJID: String) -> Bool { admins.contains(bareJID) }
}
