#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// The families of addresses to look up. A machine whose interfaces, except loopback, have no address of a family
/// cannot use that family, so a look-up of it would only cost time. This is the rule of `AI_ADDRCONFIG` (RFC 3493
/// §6.1), as glibc applies it.
enum AddressFamilies: Sendable {
    case v4, v6, both

    /// The families of this machine's interfaces. The call takes some microseconds.
    static func ofThisMachine() -> AddressFamilies {
        var list: UnsafeMutablePointer<ifaddrs>?
        guard getifaddrs(&list) == 0 else { return .both }
        defer { freeifaddrs(list) }
        var (hasV4, hasV6) = (false, false)
        var next = list
        while let entry = next?.pointee {
            next = entry.ifa_next
            guard let address = entry.ifa_addr, Int(entry.ifa_flags) & Int(IFF_LOOPBACK) == 0 else { continue }
            switch CInt(address.pointee.sa_family) {
            case AF_INET: hasV4 = true
            case AF_INET6: hasV6 = true
            default: break
            }
        }
        // A machine with loopback addresses only looks up both families.
        return hasV4 == hasV6 ? .both : hasV4 ? .v4 : .v6
    }

    var hint: CInt {
        switch self {
        case .v4: AF_INET
        case .v6: AF_INET6
        case .both: AF_UNSPEC
        }
    }
}
