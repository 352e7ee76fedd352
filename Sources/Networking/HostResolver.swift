import Basics
import NIOCore
import NIOPosix

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// Turns host names into addresses. IP literals need no look-up. It looks up names in `/etc/hosts` and the DNS, in the
/// order of `/etc/nsswitch.conf`, on one thread that waits for all look-ups together. So a dead name server delays
/// neither an event loop nor the look-up of another name.
///
/// `LookUpLimits` bounds the look-ups at one time, in all and for each user. The addresses are in the order of RFC
/// 6724. The resolver caches no results: name servers do that.
package struct HostResolver: Sendable {
    private enum Source: Sendable {
        case names(NameResolver)
        case function(@Sendable (String, Int) throws -> [SocketAddress])
    }

    private let source: Source

    /// Creates a resolver with its own thread. The thread starts with the first name, and ends when the last copy of
    /// the resolver is released.
    package init(limits: LookUpLimits) {
        var settings = DNSQuery.Settings()
        settings.limits = limits
        self.init(settings)
    }

    /// Creates a resolver that asks other name servers than those of the system. For tests.
    init(_ settings: DNSQuery.Settings) { source = .names(NameResolver(settings)) }

    /// Creates a resolver that calls a function for each look-up. For tests.
    ///
    /// - Parameter lookUp: may block, because it runs on its own thread. It throws `DialError.notResolvable`. The
    ///   number of calls is not bounded.
    package init(lookUp: @escaping @Sendable (_ host: String, _ port: Int) throws -> [SocketAddress]) {
        source = .function(lookUp)
    }

    /// The resolver of this process, with the default limits.
    package static let system = HostResolver(limits: LookUpLimits())

    /// All addresses of an endpoint in order of preference; never empty. Fails with `DialError`.
    ///
    /// - Parameter loop: the loop of the future.
    func lookUp(_ endpoint: Endpoint, for requester: Requester, on loop: any EventLoop) -> HostLookUp {
        if let literal = HostResolver.literal(endpoint) {
            return HostLookUp(addresses: loop.makeSucceededFuture([literal]), cancel: {})
        }
        let promise = loop.makePromise(of: [SocketAddress].self)
        switch source {
        case .function(let lookUp):
            promise.completeWith(HostResolver.call(lookUp, endpoint, on: loop))
            return HostLookUp(addresses: promise.futureResult, cancel: {})
        case .names(let resolver):
            if let defect = HostName.defect(in: endpoint.host) {
                promise.fail(DialError.notResolvable(host: endpoint.host, reason: defect))
                return HostLookUp(addresses: promise.futureResult, cancel: {})
            }
            let id = resolver.lookUp(endpoint.host, for: requester) { result in
                switch result {
                case .success(let found): promise.succeed(found.map { $0.with(port: endpoint.port) })
                case .failure(let error): promise.fail(error)
                }
            }
            return HostLookUp(addresses: promise.futureResult, cancel: { resolver.cancel(id) })
        }
    }

    /// Ends the thread. Look-ups under way, and later ones, fail. `system` need not be closed.
    func close() async {
        guard case .names(let resolver) = source else { return }
        await withCheckedContinuation { continuation in resolver.close { continuation.resume() } }
    }

    /// Threads for look-up functions, which may block. Only tests use such functions.
    private static let threads: NIOThreadPool = {
        let pool = NIOThreadPool(numberOfThreads: 4)
        pool.start()
        return pool
    }()

    private static func call(
        _ lookUp: @escaping @Sendable (String, Int) throws -> [SocketAddress], _ endpoint: Endpoint,
        on loop: any EventLoop
    ) -> EventLoopFuture<[SocketAddress]> {
        threads.runIfActive(eventLoop: loop) {
            let addresses = try lookUp(endpoint.host, endpoint.port)
            guard !addresses.isEmpty else {
                throw DialError.notResolvable(host: endpoint.host, reason: "no address")
            }
            return addresses
        }
    }

    /// Reads an IP address in any form that the system understands, such as `127.1` and `fe80::1%eth0`.
    private static func literal(_ endpoint: Endpoint) -> SocketAddress? {
        if let plain = try? SocketAddress(ipAddress: endpoint.host, port: endpoint.port) { return plain }
        var hints = addrinfo()
        hints.ai_flags = AI_NUMERICHOST
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(endpoint.host, nil, &hints, &list) == 0, let entry = list?.pointee else { return nil }
        defer { freeaddrinfo(list) }
        return SocketAddress(family: entry.ai_family, entry.ai_addr)?.with(port: endpoint.port)
    }
}

/// A look-up that is under way.
struct HostLookUp {
    let addresses: EventLoopFuture<[SocketAddress]>
    /// Cancels the look-up and frees its place. If the future is not complete, it fails.
    let cancel: @Sendable () -> Void
}

extension SocketAddress {
    fileprivate func with(port: Int) -> SocketAddress {
        var address = self
        address.port = port
        return address
    }
}
