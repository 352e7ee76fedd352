/// A host and a TCP port to connect to. The host is a name or an IP literal, without brackets.
package struct Endpoint: Sendable, Hashable, CustomStringConvertible {
    package let host: String
    /// 1…65535 for a remote endpoint.
    package let port: Int

    package init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// Reads `host:port` or `[v6]:port` (RFC 3986 §3.2.2).
    ///
    /// Returns nil for anything else: no port while `defaultPort` is nil, a port out of range, an empty host, an
    /// IPv6 literal without brackets, or characters that belong in no host name.
    package init?(_ text: String, defaultPort: Int? = nil) {
        guard let (host, port) = Endpoint.split(text[...]) else { return nil }
        guard !host.isEmpty, host.utf8.count <= 255, host.utf8.allSatisfy(Endpoint.isHostByte) else { return nil }
        if let port {
            let digits = port.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            guard digits, let number = Int(port), (1...65535).contains(number) else { return nil }
            self.init(host: String(host), port: number)
        } else {
            guard let defaultPort else { return nil }
            self.init(host: String(host), port: defaultPort)
        }
    }

    /// `host:port`, with brackets round an IPv6 literal.
    package var description: String {
        host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }

    private static func split(_ text: Substring) -> (host: Substring, port: Substring?)? {
        if text.first == "[" {
            guard let close = text.firstIndex(of: "]") else { return nil }
            let host = text[text.index(after: text.startIndex)..<close]
            let rest = text[text.index(after: close)...]
            guard host.contains(":") else { return nil }
            if rest.isEmpty { return (host, nil) }
            return rest.first == ":" ? (host, rest.dropFirst()) : nil
        }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        switch parts.count {
        case 1: return (parts[0], nil)
        case 2: return (parts[0], parts[1])
        default: return nil
        }
    }

    private static func isHostByte(_ byte: UInt8) -> Bool {
        byte > 0x20 && byte != 0x7F && !"/@[]?#\\\"<>".utf8.contains(byte)
    }
}
