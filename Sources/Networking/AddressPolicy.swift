import Basics
import NIOCore

/// Decides which resolved addresses the dialer may connect to.
///
/// Where a user names the host (an IRC server of the user's choice), the policy prevents connections through the
/// gateway to the operator's own machines. It checks addresses, not names, so it also catches a name that resolves to a
/// private address.
package struct AddressPolicy: Sendable, Hashable {
    /// The part of the internet in which an address is valid, by the special-purpose registries (RFC 6890 and its
    /// updates).
    package enum Scope: String, Sendable, CaseIterable {
        /// Addresses that can be reached from everywhere.
        case global
        /// This machine: 127.0.0.0/8, ::1, and the unspecified addresses, which Linux connects to itself.
        case loopback
        /// Private networks and carrier-grade NAT: RFC 1918, RFC 6598, RFC 4193, site-local.
        case local
        /// The machines on the same link: 169.254.0.0/16 (cloud metadata services are there) and fe80::/10.
        case linkLocal = "link-local"
        /// Addresses at which no server is: multicast, documentation, benchmarking, tunnels and reserved ranges.
        case reserved
    }

    private let allowed: Set<Scope>

    package init(allowing scopes: Set<Scope>) { allowed = scopes }

    /// Allows every address. For endpoints that the operator has configured.
    package static let anywhere = AddressPolicy(allowing: Set(Scope.allCases))
    /// Allows global addresses only. For endpoints that a user names.
    package static let publicOnly = AddressPolicy(allowing: [.global])

    /// Whether the dialer may connect to this address. Only IPv4 and IPv6 addresses can be allowed.
    package func allows(_ address: SocketAddress) -> Bool {
        guard let scope = AddressPolicy.scope(of: address) else { return false }
        return allowed.contains(scope)
    }

    /// Whether a program may connect to this address.
    package func allows(_ address: IPAddress) -> Bool { allowed.contains(AddressPolicy.scope(address)) }

    /// The error if a proxy may not be asked to connect to this host; nil if it may. Only the proxy looks up names, so
    /// the only names refused here are `localhost` and those below it.
    func refusal(ofProxied endpoint: Endpoint) -> DialError? {
        let name = endpoint.host.lowercased()
        let scope: Scope
        if let address = IPAddress(endpoint.host) {
            scope = AddressPolicy.scope(address)
        } else if let address = try? SocketAddress(ipAddress: endpoint.host, port: 0) {
            // An address with a zone.
            scope = AddressPolicy.scope(of: address) ?? .reserved
        } else {
            scope = name == "localhost" || name.hasSuffix(".localhost") ? .loopback : .global
        }
        if allowed.contains(scope) { return nil }
        return .addressNotAllowed(endpoint, address: endpoint.host, scope: scope)
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
