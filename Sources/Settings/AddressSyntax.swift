/// The shape of XMPP addresses as an operator writes them. Whether they are normalised beyond letter case is not
/// judged here.
package enum AddressSyntax {
    /// Why a text cannot be the domain of a gateway or user; nil if it can.
    package static func flaw(domain: some StringProtocol) -> String? {
        if domain.contains("@") { return "has an @: a domain alone is expected, such as irc.example.org" }
        if domain.contains("/") { return "has a /: a domain alone is expected, such as irc.example.org" }
        if domain.contains(where: \.isUppercase) { return "has capital letters; write \(domain.lowercased())" }
        guard (1...255).contains(domain.utf8.count) else { return "does not have 1 to 255 bytes" }
        for label in domain.split(separator: ".", omittingEmptySubsequences: false) {
            guard (1...63).contains(label.utf8.count), label.first != "-", label.last != "-",
                label.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "-" })
            else { return "is not a domain name" }
        }
        return nil
    }

    /// Why a text cannot be a bare JID (RFC 7622 §3.3.1 for what a localpart may not have); nil if it can.
    package static func flaw(bareJID text: String) -> String? {
        let parts = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else { return "is not a bare JID such as ops@example.org" }
        if parts[1].contains("/") { return "has a resource after the /; write it without" }
        let forbidden: Set<Character> = ["\"", "&", "'", "/", ":", "<", ">", "@"]
        guard (1...1023).contains(parts[0].utf8.count),
            !parts[0].contains(where: { forbidden.contains($0) || $0.isWhitespace || $0.isUppercase })
        else { return "is not a bare JID in lower case such as ops@example.org" }
        return flaw(domain: parts[1])
    }
}
