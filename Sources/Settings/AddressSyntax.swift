/// A host name or IP address with a port.
package struct HostAndPort: Sendable, Hashable, CustomStringConvertible {
    /// Without the brackets of an IPv6 address.
    package var host: String
    package var port: Int

    package init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// Reads `host:port` or `[IPv6]:port`. Nil if it is neither, or the port is not in the range.
    package init?(_ text: String, ports: ClosedRange<Int> = 1...65_535) {
        guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
            ports.contains(port), text[text.index(after: colon)...].utf8.allSatisfy(\.isDigit)
        else { return nil }
        let host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") {
            let address = host.dropFirst().dropLast()
            guard address.contains(":"), address.utf8.allSatisfy(\.isInIPv6) else { return nil }
            self.init(host: String(address), port: port)
        } else {
            guard !host.isEmpty, host.utf8.allSatisfy(\.isInHostName) else { return nil }
            self.init(host: String(host), port: port)
        }
    }

    package var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}

extension UInt8 {
    fileprivate var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
    fileprivate var isLetter: Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self | 0x20) }
    fileprivate var isInHostName: Bool {
        isLetter || isDigit || self == UInt8(ascii: "-") || self == UInt8(ascii: ".") || self == UInt8(ascii: "_")
            || self >= 0x80
    }
    /// The zone of a link-local address (RFC 4007 §11) included.
    fileprivate var isInIPv6: Bool {
        isDigit || isLetter || self == UInt8(ascii: ":") || self == UInt8(ascii: ".") || self == UInt8(ascii: "%")
    }
}

/// The shape of XMPP addresses as an operator writes them. Whether they are normalised beyond letter case is not
/// judged here.
enum AddressSyntax {
    /// Why a text cannot be the domain of a gateway or user; nil if it can.
    static func flaw(domain: some StringProtocol) -> String? {
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
    static func flaw(bareJID text: String) -> String? {
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
