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

    /// - Parameter bareJID: normalised (RFC 7622 §3), without a resource.
    package func allows(_ bareJID: String) -> Bool {
        let domain = bareJID.split(separator: "@", maxSplits: 1).last.map(String.init) ?? bareJID
        return allow.contains { $0 == "*" || $0 == domain || $0 == bareJID } || isAdmin(bareJID)
    }

    /// - Parameter bareJID: normalised, without a resource.
    package func isAdmin(_ bareJID: String) -> Bool { admins.contains(bareJID) }
}
