import Basics
import Foundation
import NIOCore
import Networking

/// An absolute URL at `https` or `http`, checked so that all programs agree which host it names.
struct WebAddress: Sendable, Equatable {
    let url: String
    /// In small letters. An IPv6 address has no brackets.
    let host: String
    let port: Int
    let isSecure: Bool

    /// The longest URL, in bytes.
    static let longest = 4_096

    /// Nil for any other URL, and for one with a user name or with signs that must be percent-encoded.
    init?(_ text: String) {
        guard text.utf8.count <= Self.longest, text.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != 0x5C }),
            let parts = URLComponents(string: text), let scheme = parts.scheme?.lowercased(),
            scheme == "https" || scheme == "http", parts.user == nil, parts.password == nil,
            let host = parts.host?.lowercased(), !host.isEmpty
        else { return nil }
        // Foundation must not read another host than libcurl does: the authority has no sign with a special meaning.
        let authority = text.dropFirst(scheme.utf8.count + 3).prefix { !"/?#".contains($0) }
        guard !authority.contains("@"), !authority.contains("%"), text.dropFirst(scheme.utf8.count).hasPrefix("://")
        else { return nil }
        isSecure = scheme == "https"
        port = parts.port ?? (isSecure ? 443 : 80)
        guard (1...65_535).contains(port) else { return nil }
        self.host = host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
        url = text
    }

    /// The scheme, host and port.
    var origin: String { "\(isSecure ? "https" : "http")://\(host):\(port)" }

    /// Whether the host is certainly not on the public internet: an address in a private range, an address in an odd
    /// spelling, or a name that only local networks have. Names that resolve to private addresses are not found.
    var isPrivate: Bool {
        if let address = try? SocketAddress(ipAddress: host, port: port) {
            return !AddressPolicy.publicOnly.allows(address)
        }
        guard let last = host.split(separator: ".", omittingEmptySubsequences: true).last else { return true }
        // `127.1`, `0x7f000001` and `2130706433` are addresses for many programs.
        let isNumber = last.allSatisfy(\.isHexDigit) && last.first?.isNumber == true || last.hasPrefix("0x")
        return isNumber || !host.contains(".") || Self.localNames.contains(String(last))
    }

    /// Names below these are not in the public DNS (RFC 6761, RFC 6762, RFC 8375, ICANN's `internal`).
    private static let localNames: Set = [
        "localhost", "local", "localdomain", "internal", "intranet", "lan", "home", "corp", "arpa", "test", "invalid",
        "onion",
    ]

    /// The address to which a `Location` header leads from here (RFC 9110 §10.2.2); nil if it is none of the web.
    func redirected(to location: String) -> WebAddress? {
        guard let base = URL(string: url), let target = URL(string: location, relativeTo: base) else { return nil }
        return WebAddress(target.absoluteString)
    }
}
