import Basics
import NIOCore
import NIOPosix

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// The way in which a connection leaves this machine: its source address and its proxy.
package struct DialRoute: Sendable {
    /// The addresses that connections come from, at most one of each family. If there are any, only addresses of these
    /// families are dialled. If there are none, the system chooses.
    package var sources: [IPAddress]
    /// Those of `sources` that no interface of this machine has (`IP_FREEBIND`). The operator has routed a whole range
    /// to this machine.
    package var freeSources: Set<IPAddress>
    /// The proxy; nil for a direct connection. It is the operator's own choice, so `AddressPolicy` does not apply to
    /// the proxy's address.
    package var proxy: SOCKSProxy?
    /// Called on the loop with each TCP connection as soon as it is made, before TLS.
    package var opened: (@Sendable (any Channel) -> Void)?
    /// Bounds the time that TLS handshakes take in a turn of the loop; nil for no bound.
    package var handshakes: NIOLoopBound<LoopQuota.Lane>?
    /// Whether the caller's handlers close the channel after the other side has closed its side
    /// (`ChannelEvent.inputClosed`). They may do that later. If false, the channel closes by itself.
    package var handlersClose = false

    package init(
        sources: [IPAddress] = [], freeSources: Set<IPAddress> = [], proxy: SOCKSProxy? = nil,
        opened: (@Sendable (any Channel) -> Void)? = nil
    ) {
        self.sources = sources
        self.freeSources = freeSources
        self.proxy = proxy
        self.opened = opened
    }

    /// A direct connection from an address that the system chooses.
    package static let direct = DialRoute()

    /// The source for a connection to this address; nil if the system chooses.
    func source(for address: SocketAddress) -> IPAddress? {
        sources.first { $0.bytes.count == (address.protocol == .inet ? 4 : 16) }
    }

    /// Whether this address can be dialled: the route has a source of its family, or no source at all.
    func allows(_ address: SocketAddress) -> Bool { sources.isEmpty || source(for: address) != nil }

    /// Binds the bootstrap to the source for this address, if there is one. The system chooses the port only when the
    /// connection is made. So connections to different servers can share a port, and one source address can have more
    /// than 28,000 of them.
    func bound(_ bootstrap: ClientBootstrap, for address: SocketAddress) -> ClientBootstrap {
        guard let source = source(for: address),
            let local = try? SocketAddress(packedIPAddress: ByteBuffer(bytes: source.bytes), port: 0)
        else {
            return bootstrap
        }
        #if os(Linux)
            var bootstrap = bootstrap.channelOption(DialRoute.latePort, value: 1)
            if freeSources.contains(source) {
                let isVersion6 = source.bytes.count == 16
                bootstrap = bootstrap.channelOption(isVersion6 ? DialRoute.freeVersion6 : DialRoute.free, value: 1)
            }
        #endif
        return bootstrap.bind(to: local)
    }

    // The numbers are those of <linux/in.h> and <linux/in6.h>, which Swift's Glibc does not import.

    /// IP_BIND_ADDRESS_NO_PORT
    private static let latePort = option(CInt(IPPROTO_IP), 24)
    /// IP_FREEBIND
    private static let free = option(CInt(IPPROTO_IP), 15)
    /// IPV6_FREEBIND
    private static let freeVersion6 = option(CInt(IPPROTO_IPV6), 78)

    private static func option(_ level: CInt, _ name: CInt) -> ChannelOptions.Types.SocketOption {
        .init(level: NIOBSDSocket.OptionLevel(rawValue: level), name: NIOBSDSocket.Option(rawValue: name))
    }
}
