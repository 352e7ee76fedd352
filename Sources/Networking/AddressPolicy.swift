import NIOCore

/// Which resolved addresses may be dialled.
///
/// Where users name the host (an IRC server of their choice), the policy keeps them from reaching the operator's own
/// machines through us. It looks at addresses, never at names, so a name that resolves inwards is caught too.
package struct AddressPolicy: Sendable, Hashable {
    /// What kind of place an address is, by the special-purpose registries (RFC 6890 and its updates).
    package enum Scope: String, Sendable, CaseIterable {
        /// Reachable from everywhere.
        case global
        /// This machine: 127.0.0.0/8, ::1, and the unspecified addresses, which Linux connects to itself.
        case loopback
        /// Private networks and carrier-grade NAT: RFC 1918, RFC 6598, RFC 4193, site-local.
        case local
        /// Only this link: 169.254.0.0/16 (cloud metadata services live there) and fe80::/10.
        case linkLocal = "link-local"
        /// Multicast, documentation, benchmarking, tunnels and what is reserved: no server is there.
        case reserved
    }

    private let allowed: Set<Scope>

    package init(allowing scopes: Set<Scope>) { allowed = scopes }

    /// Every address: for endpoints that the operator configured.
    package static let anywhere = AddressPolicy(allowing: Set(Scope.allCases))
    /// Global addresses only: for endpoints that a user names.
    package static let publicOnly = AddressPolicy(allowing: [.global])

    /// Whether that address may be dialled. Anything but IPv4 and IPv6 may not.
    package func allows(_ address: SocketAddress) -> Bool {
        guard let scope = AddressPolicy.scope(of: address) else { return false }
        return allowed.contains(scope)
    }

    /// The scope of an IP address, or nil for a Unix domain socket.
    package static func scope(of address: SocketAddress) -> Scope? {
        // `sockaddr_in` holds its address at byte 4, `sockaddr_in6` at byte 8.
        address.withSockAddr { pointer, size in
            let bytes = UnsafeRawBufferPointer(start: pointer, count: size)
            switch address {
            case .v4: return scope(v4: Array(bytes[4..<8]))
            case .v6: return scope(v6: Array(bytes[8..<24]))
            case .unixDomainSocket: return nil
            }
        }
    }
}

extension AddressPolicy {
    /// A range of addresses: the leading bytes and how many bits of them count.
    private struct Block: Sendable {
        let prefix: [UInt8]
        let bits: Int
        let scope: Scope

        init(_ prefix: [UInt8], _ bits: Int, _ scope: Scope) {
            self.prefix = prefix
            self.bits = bits
            self.scope = scope
        }

        func contains(_ bytes: ArraySlice<UInt8>) -> Bool {
            let whole = bits / 8
            guard bytes.prefix(whole).elementsEqual(prefix.prefix(whole)) else { return false }
            let rest = bits % 8
            guard rest > 0 else { return true }
            let mask = ~UInt8(0) << (8 - rest)
            return bytes[bytes.startIndex + whole] & mask == prefix[whole] & mask
        }
    }

    /// First match wins.
    private static let v4Ranges: [Block] = [
        Block([0], 8, .loopback), Block([127], 8, .loopback),
        Block([10], 8, .local), Block([172, 16], 12, .local), Block([192, 168], 16, .local),
        Block([100, 64], 10, .local), Block([169, 254], 16, .linkLocal),
        Block([192, 0, 0], 24, .reserved), Block([192, 0, 2], 24, .reserved),
        Block([198, 51, 100], 24, .reserved), Block([203, 0, 113], 24, .reserved),
        Block([192, 88, 99], 24, .reserved), Block([198, 18], 15, .reserved), Block([224], 3, .reserved),
    ]

    private static let v6Ranges: [Block] = [
        Block([0xFC], 7, .local), Block([0xFE, 0xC0], 10, .local), Block([0xFE, 0x80], 10, .linkLocal),
        Block([0xFF], 8, .reserved), Block([0x20, 0x01, 0x0D, 0xB8], 32, .reserved),
        Block([0x20, 0x01, 0x00], 23, .reserved), Block([0x3F, 0xFF, 0x00], 20, .reserved),
        Block([0x00, 0x64, 0xFF, 0x9B, 0x00, 0x01], 48, .local),
    ]

    private static func scope(v4 bytes: [UInt8]) -> Scope {
        v4Ranges.first { $0.contains(bytes[...]) }?.scope ?? .global
    }

    /// Addresses that carry an IPv4 address (mapped, compatible, NAT64, 6to4) are judged by that one.
    private static func scope(v6 bytes: [UInt8]) -> Scope {
        let leadingZeros = bytes.prefix { $0 == 0 }.count
        if leadingZeros == 16 || (leadingZeros == 15 && bytes[15] == 1) { return .loopback }
        if leadingZeros >= 12 || (leadingZeros == 10 && bytes[10] == 0xFF && bytes[11] == 0xFF) {
            return scope(v4: Array(bytes[12...]))
        }
        if bytes.starts(with: [0x00, 0x64, 0xFF, 0x9B, 0, 0, 0, 0, 0, 0, 0, 0]) {
            return scope(v4: Array(bytes[12...]))
        }
        if bytes.starts(with: [0x20, 0x02]) { return scope(v4: Array(bytes[2..<6])) }
        if let block = v6Ranges.first(where: { $0.contains(bytes[...]) }) { return block.scope }
        // Global unicast is 2000::/3 (RFC 4291 §2.4 as allocated by IANA); the rest is not in use.
        return bytes[0] & 0xE0 == 0x20 ? .global : .reserved
    }
}
