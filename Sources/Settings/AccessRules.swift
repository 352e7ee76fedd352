/// The users and the operators of a gateway.
package struct AccessRules: Sendable, Equatable {
    /// The users who may use the gateway. Nil if the configuration names none: then the users of the parent domain may.
    package var allow: AccessList?
    /// The users who may not use the gateway, even if `allow` names them.
    package var deny: AccessList
    /// Bare JIDs in lower case. Admins need no entry in `allow`, and `deny` does not concern them.
    package var admins: Set<String>
    /// The groups that lists of users may name, each with bare JIDs and domains.
    package var groups: [String: Set<String>] = [:]

    package init(allow: AccessList?, deny: AccessList = AccessList([]), admins: Set<String> = []) {
        self.allow = allow
        self.deny = deny
        self.admins = admins
    }

    /// The rules of one gateway.
    ///
    /// - Parameters:
    ///   - domain: the gateway's domain. If nobody is named, the users of its parent domain may use the gateway: those
    ///     of `example.org` may use `irc.example.org`.
    ///   - own: the gateway's own section, whose `allow` takes the place of these. `deny` and `admins` add to these.
    package func rules(for domain: String, own: AccessRules?) -> AccessRules {
        let parent = domain.drop { $0 != "." }.dropFirst()
        let byDefault = AccessList([parent.isEmpty ? domain : String(parent)])
        guard let own else { return AccessRules(allow: allow ?? byDefault, deny: deny, admins: admins) }
        let denied = AccessList(deny.names.union(own.deny.names), patterns: deny.patterns + own.deny.patterns)
        return AccessRules(
            allow: own.allow ?? allow ?? byDefault, deny: denied, admins: admins.union(own.admins))
    }

    /// Whether a user may use the gateway.
    ///
    /// - Parameters:
    ///   - bareJID: the user's bare JID, normalised (RFC 7622 §3).
    ///   - domain: the domain of this JID. The caller has it already, and this is asked for every stanza.
    package func allows(_ bareJID: String, of domain: String) -> Bool {
        let isNamed = allow?.contains(bareJID, of: domain) ?? false
        if isNamed, deny.isEmpty { return true }
        return isAdmin(bareJID) || isNamed && !deny.contains(bareJID, of: domain)
    }

    /// The domains of which the rules name some user, or all. `*` stands for every domain, because a pattern may name
    /// users of any.
    package var domains: Set<String> {
        let named = (allow?.names ?? []).union(admins).map { $0.split(separator: "@").last.map(String.init) ?? $0 }
        let names = Set(named).subtracting(deny.names)
        return allow?.patterns.isEmpty == false ? names.union(["*"]) : names
    }

    /// - Parameter bareJID: normalised (RFC 7622 §3), without a resource.
    package func isAdmin(_ bareJID: String) -> Bool { admins.contains(bareJID) }
}
