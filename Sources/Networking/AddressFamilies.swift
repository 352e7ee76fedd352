#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// The families of addresses to look up. A machine without an address of a family, loopback apart, cannot use that
/// family, and asking for it would only cost time (the rule of `AI_ADDRCONFIG`, RFC 3493 §6.1, as glibc reads it).
enum AddressFamilies: Sendable {
    case v4, v6, both

    /// The families of this machine's interfaces. Looking at them takes some microseconds.
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
        // With addresses on loopback only, both families are asked for.
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
