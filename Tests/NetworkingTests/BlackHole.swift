import NIOCore
import NIOPosix

/// A listening port on 127.0.0.2 whose queue is full: connections to it are neither accepted nor refused.
struct BlackHole: Sendable {
    private let listener: any Channel
    private let filler: any Channel

    static func open(port: Int) async throws -> BlackHole {
        let group = MultiThreadedEventLoopGroup.singleton
        let listener = try await ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 0)
            .serverChannelOption(.autoRead, value: false)
            .bind(host: "127.0.0.2", port: port).get()
        // A backlog of zero has room for one connection that nobody accepts.
        let filler = try await ClientBootstrap(group: group)
            .connect(host: "127.0.0.2", port: listener.localAddress?.port ?? 0).get()
        return BlackHole(listener: listener, filler: filler)
    }

    var port: Int { listener.localAddress?.port ?? 0 }

    func close() async throws {
        try await filler.close()
        try await listener.close()
    }
}
