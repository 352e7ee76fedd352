import Basics
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
        let ip = address.withSockAddr { pointer, size in
            let bytes = UnsafeRawBufferPointer(start: pointer, count: size)
            switch address {
            case .v4: return IPAddress(bytes: bytes[4..<8])
            case .v6: return IPAddress(bytes: bytes[8..<24])
            case .unixDomainSocket: return nil
            }
        }
        return ip.map(scope)
    }
}

extension AddressPolicy {
    private static let v4Scopes: [(range: AddressRange, scope: Scope)] = [
        (.v4([0], 8), .loopback), (.v4([127], 8), .loopback),
        (.v4([10], 8), .local), (.v4([172, 16], 12), .local), (.v4([192, 168], 16), .local),
        (.v4([100, 64], 10), .local), (.v4([169, 254], 16), .linkLocal),
        (.v4([192, 0, 0], 24), .reserved), (.v4([192, 0, 2], 24), .reserved),
        (.v4([198, 51, 100], 24), .reserved), (.v4([203, 0, 113], 24), .reserved),
        (.v4([192, 88, 99], 24), .reserved), (.v4([198, 18], 15), .reserved), (.v4([224], 3), .reserved),
    ]

    private static let v6Scopes: [(range: AddressRange, scope: Scope)] = [
        (.v6([], 128), .loopback), (.v6([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], 128), .loopback),
        (.v6([0xFC], 7), .local), (.v6([0xFE, 0xC0], 10), .local), (.v6([0xFE, 0x80], 10), .linkLocal),
        (.v6([0xFF], 8), .reserved), (.v6([0x20, 0x01, 0x0D, 0xB8], 32), .reserved),
        (.v6([0x20, 0x01, 0x00], 23), .reserved), (.v6([0x3F, 0xFF, 0x00], 20), .reserved),
        (.v6([0x00, 0x64, 0xFF, 0x9B, 0x00, 0x01], 48), .local),
    ]

    /// Global unicast as IANA has allocated it (RFC 4291 §2.4); the rest of IPv6 is not in use.
    private static let globalV6 = AddressRange.v6([0x20], 3)

    /// IPv6 addresses that carry an IPv4 address, with the place of its first byte: compatible (RFC 4291 §2.5.5.1),
    /// NAT64 (RFC 6052 §2.1) and 6to4 (RFC 3056 §2). `IPAddress` unwraps mapped ones.
    private static let carriers: [(range: AddressRange, place: Int)] = [
        (.v6([], 96), 12), (.v6([0x00, 0x64, 0xFF, 0x9B], 96), 12), (.v6([0x20, 0x02], 16), 2),
    ]

    private static func scope(_ address: IPAddress) -> Scope {
        let bytes = address.bytes
        if bytes.count == 4 { return v4Scopes.first { $0.range.contains(address) }?.scope ?? .global }
        if let known = v6Scopes.first(where: { $0.range.contains(address) }) { return known.scope }
        if let carrier = carriers.first(where: { $0.range.contains(address) }),
            let carried = IPAddress(bytes: bytes[carrier.place..<carrier.place + 4])
        {
            return scope(carried)
        }
        return globalV6.contains(address) ? .global : .reserved
    }
}
