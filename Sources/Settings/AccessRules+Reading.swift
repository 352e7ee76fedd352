import GatewayKit

extension AccessRules {
    /// Nil if nobody is allowed at all (then it is reported): a gateway that is open to everybody by mistake costs
    /// its operator money, so the file has to say it.
    init?(_ parent: ConfigReader) {
        guard let reader = parent.map("access") else {
            parent.report("access", "required, but missing: {allow: [example.org]} says who may use the gateways")
            return nil
        }
        defer { reader.finish() }
        let allow = reader.entries("allow") { entry in
            if entry == "*" { return nil }
            return entry.contains("@") ? AddressSyntax.flaw(bareJID: entry) : AddressSyntax.flaw(domain: entry)
        }
        if allow.isEmpty { reader.report("allow", "required: domains, bare JIDs, or '*' for everybody") }
        self.init(allow: allow, admins: reader.entries("admins", flaw: AddressSyntax.flaw(bareJID:)))
    }
}
