import GatewayKit

extension AccessRules {
    /// Nil if nobody is allowed at all, which is reported. The file has to name somebody: a gateway that is open to
    /// everybody by mistake costs its operator money.
    init?(_ parent: ConfigReader, _ external: ExternalChecks) {
        guard let reader = parent.map("access") else {
            parent.report("access", "required, but missing: {allow: [example.org]} says who may use the gateways")
            return nil
        }
        defer { reader.finish() }
        let allow = reader.entries("allow") { entry in
            if entry == "*" { return nil }
            let flaw = entry.contains("@") ? AddressSyntax.flaw(bareJID: entry) : AddressSyntax.flaw(domain: entry)
            return flaw ?? external.flaw(preparing: entry)
        }
        if allow.isEmpty { reader.report("allow", "required: domains, bare JIDs, or '*' for everybody") }
        let admins = reader.entries("admins") { AddressSyntax.flaw(bareJID: $0) ?? external.flaw(preparing: $0) }
        self.init(allow: allow, admins: admins)
    }
}
