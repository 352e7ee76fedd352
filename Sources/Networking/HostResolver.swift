import NIOCore
import NIOPosix

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// Turns a host name into addresses. IP literals need no look-up; names go to `getaddrinfo` on threads of their own,
/// so that a dead name server holds up neither an event loop nor file work.
package struct HostResolver: Sendable {
    private let lookUp: @Sendable (String, Int) throws -> [SocketAddress]

    /// - Parameter lookUp: may block; called on a thread for that. Throws `DialError.notResolvable`.
    package init(lookUp: @escaping @Sendable (_ host: String, _ port: Int) throws -> [SocketAddress]) {
        self.lookUp = lookUp
    }

    /// The system's resolver.
    package static let system = HostResolver(lookUp: HostResolver.getAddresses)

    /// Two seconds per name server and try are usual, so a few threads are enough and bound the damage.
    private static let threads: NIOThreadPool = {
        let pool = NIOThreadPool(numberOfThreads: 4)
        pool.start()
        return pool
    }()

    /// All addresses of an endpoint in the resolver's order of preference; never empty. The future is on `loop`.
    package func addresses(of endpoint: Endpoint, on loop: any EventLoop) -> EventLoopFuture<[SocketAddress]> {
        if let literal = try? SocketAddress(ipAddress: endpoint.host, port: endpoint.port) {
            return loop.makeSucceededFuture([literal])
        }
        return HostResolver.threads.runIfActive(eventLoop: loop) { [lookUp] in
            let addresses = try lookUp(endpoint.host, endpoint.port)
            guard !addresses.isEmpty else {
                throw DialError.notResolvable(host: endpoint.host, reason: "no address")
            }
            return addresses
        }
    }

    private static func getAddresses(host: String, port: Int) throws -> [SocketAddress] {
        var hints = addrinfo()
        hints.ai_family = AF_UNSPEC
        #if canImport(Glibc)
            hints.ai_socktype = CInt(SOCK_STREAM.rawValue)
        #else
            hints.ai_socktype = SOCK_STREAM
        #endif
        hints.ai_protocol = CInt(IPPROTO_TCP)
        hints.ai_flags = AI_ADDRCONFIG
        var list: UnsafeMutablePointer<addrinfo>?
        let status = getaddrinfo(host, String(port), &hints, &list)
        guard status == 0 else {
            throw DialError.notResolvable(host: host, reason: String(cString: gai_strerror(status)))
        }
        defer { freeaddrinfo(list) }
        var addresses: [SocketAddress] = []
        var next = list
        while let entry = next {
            if let address = address(entry.pointee, host: host) { addresses.append(address) }
            next = entry.pointee.ai_next
        }
        return addresses
    }

    private static func address(_ entry: addrinfo, host: String) -> SocketAddress? {
        guard let bytes = UnsafeRawPointer(entry.ai_addr) else { return nil }
        switch entry.ai_family {
        case AF_INET: return SocketAddress(bytes.load(as: sockaddr_in.self), host: host)
        case AF_INET6: return SocketAddress(bytes.load(as: sockaddr_in6.self), host: host)
        default: return nil
        }
    }
}
