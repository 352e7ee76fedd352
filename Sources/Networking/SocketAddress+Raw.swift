import NIOCore

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

extension SocketAddress {
    /// Reads an address that a resolver has found; nil if it is neither IPv4 nor IPv6.
    init?(family: CInt, _ address: UnsafePointer<sockaddr>?) {
        guard let bytes = UnsafeRawPointer(address) else { return nil }
        switch family {
        case AF_INET: self = SocketAddress(bytes.load(as: sockaddr_in.self), host: "")
        case AF_INET6: self = SocketAddress(bytes.load(as: sockaddr_in6.self), host: "")
        default: return nil
        }
    }
}
