/// A host and a TCP port.
package struct Endpoint: Sendable, Hashable, CustomStringConvertible {
    /// A name or an IP address. An IPv6 address has no brackets, and may have a zone.
    package let host: String
    package let port: Int

    package init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// Reads `host:port` or `[IPv6]:port` (RFC 3986 §3.2.2). The port may be missing if there is a `defaultPort`. Nil
    /// for a port outside `ports`, an IPv6 address without brackets, or a character that no host name may have.
    package init?(_ text: String, defaultPort: Int? = nil, ports: ClosedRange<Int> = 1...65_535) {
        guard let (host, digits) = Self.split(text[...]), host.utf8.count <= 255 else { return nil }
        guard let digits else {
            guard let defaultPort else { return nil }
            self.init(host: String(host), port: defaultPort)
            return
        }
        guard digits.isASCIIDigits, let port = Int(digits), ports.contains(port) else { return nil }
        self.init(host: String(host), port: port)
    }

    /// `host:port`, with brackets round an IPv6 address.
    package var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

    /// Splits the text into the host without brackets, and the text after the colon. Nil if the host is malformed.
    private static func split(_ text: Substring) -> (host: Substring, port: Substring?)? {
        let isIPv6 = text.first == "["
        guard let end = isIPv6 ? text.firstIndex(of: "]") : text.firstIndex(of: ":") ?? text.endIndex else {
            return nil
        }
        let host = isIPv6 ? text[..<end].dropFirst() : text[..<end]
        let rest = isIPv6 ? text[end...].dropFirst() : text[end...]
        guard rest.isEmpty || rest.first == ":", !host.isEmpty, host.contains(":") == isIPv6,
            host.utf8.allSatisfy(isIPv6 ? isInIPv6 : isInHostName)
        else { return nil }
        return (host, rest.isEmpty ? nil : rest.dropFirst())
    }

    /// Letters, digits, `-` and `.`, the `_` of many internal names, and anything beyond ASCII.
    private static func isInHostName(_ byte: UInt8) -> Bool {
        byte.isASCIILetter || byte.isASCIIDigit || byte >= 0x80 || "-._".utf8.contains(byte)
    }

    /// Accepts the zone of a link-local address too (RFC 4007 §11).
    private static func isInIPv6(_ byte: UInt8) -> Bool {
        byte.isASCIILetter || byte.isASCIIDigit || ":.%-_".utf8.contains(byte)
    }
}
