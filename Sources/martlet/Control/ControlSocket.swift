import Foundation
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import Settings

/// The Unix socket on which operators at the machine give commands, as a service.
struct ControlSocket: Service {
    let settings: ControlSettings
    let gateways: GatewayDirectory
    let logger: Logger

    func run() async throws {
        let server = try await listen()
        logger.info("control socket listening", metadata: ["path": "\(settings.socket)"])
        try? await gracefulShutdown()
        // Remove the file first, so that nobody finds a socket that does not answer.
        unlink(settings.socket)
        try? await server.close()
    }

    private func listen() async throws -> any Channel {
        let file = try ControlSocketFile(settings)
        let slots = ControlSlots()
        do {
            let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .serverChannelOption(.backlog, value: 16)
                .childChannelInitializer { [gateways, logger] channel in
                    channel.eventLoop.makeCompletedFuture {
                        let connection = ControlConnection(gateways, slots: slots, logger: logger)
                        try channel.pipeline.syncOperations.addHandler(connection)
                    }
                }
                .bind(unixDomainSocketPath: file.boundPath).get()
            try file.publish()
            return server
        } catch let error as IOError {
            file.discard()
            throw StartFailure(
                "control.socket: cannot listen at \(settings.socket): \(String(cString: strerror(error.errnoCode)))")
        } catch {
            file.discard()
            throw error
        }
    }
}
