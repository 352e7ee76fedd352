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
        // Asked for every stanza: by bytes, not by characters.
        let bytes = bareJID.utf8
        let domain = Substring(bytes.firstIndex(of: UInt8(ascii: "@")).map { bytes[$0...].dropFirst() } ?? bytes[...])
        return allow.contains { $0 == "*" || $0 == bareJID || $0 == domain } || isAdmin(bareJID)
    }

    /// - Parameter bareJID: normalised, without a resource.
    package func isAdmin(_ bareJID: String) -> Bool { admins.contains(bareJID) }
}
