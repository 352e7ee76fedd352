import Basics
import Logging
import NIOCore
import NIOPosix

/// Listens for questions of IRC servers about the owners of our connections (RFC 1413). Runs on the gateway's event
/// loop.
///
/// Anybody can connect. So it serves only `limit` connections at the same time, `limitPerAddress` of them from one
/// address (IPv6: one /64), and each for one line and a few seconds. It closes all further connections at once.
final class IdentServer {
    static let limit = 256
    static let limitPerAddress = 32

    let table: IdentTable
    private let logger: Logger
    private var count = 0
    private var counts: [IPAddress: Int] = [:]

    init(_ table: IdentTable, _ logger: Logger) {
        self.table = table
        self.logger = logger
    }

    /// Starts to listen. A failure is logged with its remedy, and the gateway works without ident.
    ///
    /// - Returns: the listening channel.
    @discardableResult
    func listen(on endpoint: Endpoint, _ loop: any EventLoop) -> EventLoopFuture<any Channel> {
        let bound = NIOLoopBound(self, eventLoop: loop)
        let start = ServerBootstrap(group: loop)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelOption(.backlog, value: 128)
            .childChannelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: 128))
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try bound.value.accept(channel) }
            }
            .bind(host: endpoint.host, port: endpoint.port)
        start.assumeIsolated().whenFailure { [logger] error in
            logger.error(
                "cannot listen for ident questions, so none is answered",
                metadata: ["address": "\(endpoint)", "reason": "\(error)", "remedy": "\(IdentServer.remedy)"])
        }
        return start
    }

    private static let remedy =
        "another program may use the port; a port below 1024 needs CAP_NET_BIND_SERVICE (AmbientCapabilities= of the "
        + "service), or a redirection of port 113 to a higher one"

    private func accept(_ channel: any Channel) throws {
        guard let address = channel.remoteAddress?.ipAddress.flatMap({ IPAddress($0) })?.subnet,
            count < IdentServer.limit, counts[address, default: 0] < IdentServer.limitPerAddress
        else { return channel.close(promise: nil) }
        count += 1
        counts[address, default: 0] += 1
        let handler = IdentHandler(table) { [self] in
            count -= 1
            counts[address, default: 1] -= 1
            if counts[address] == 0 { counts[address] = nil }
        }
        try channel.pipeline.syncOperations.addHandler(handler)
    }
}
