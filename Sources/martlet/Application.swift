import Foundation
import GatewayKit
import HTTP
import Logging
import NIOCore
import NIOPosix
import Networking
import Operations
import Registry
import ServiceLifecycle
import Settings
import UnixSignals

/// The whole program: makes the shared parts, then one service per gateway, and ends them in reverse.
struct Application {
    let configuration: MartletConfiguration<any AdapterKind>

    func run() async throws {
        let operations = OperationsSetUp.start(configuration.log)
        let logger = Logger(label: "martlet")
        logger.notice("starting", metadata: ["version": "\(Martlet.version)"])
        OpenFiles.raiseLimit(logger)
        let registry = try openRegistry()
        let http = HTTPClient(logger: Logger(label: "http"))
        let listener = configuration.http.map {
            WebhookListener(host: $0.listen.host, port: $0.listen.port, logger: Logger(label: "webhooks"))
        }
        let loops = MultiThreadedEventLoopGroup(
            numberOfThreads: min(configuration.gateways.count, max(1, System.coreCount)))
        var services: [any Service] = [RegistryService(registry: registry)]
        let ids = IDSource()
        var slices: [NIOLoopBound<SliceQueue>] = []
        for loop in loops.makeIterator() { slices.append(try await SliceQueue.make(on: loop)) }
        for (number, gateway) in configuration.gateways.enumerated() {
            let slices = slices[number % slices.count]
            let surroundings = AdapterSurroundings(
                domain: gateway.domain, eventLoop: slices.eventLoop, dialer: Dialer(), http: http, listener: listener,
                publicURL: configuration.http?.publicURL ?? "", health: operations.health,
                logger: Logger(label: gateway.domain))
            services.append(
                try await GatewayService.start(
                    gateway, access: configuration.access, limits: configuration.limits, surroundings: surroundings,
                    slices: slices,
                    registry: registry, ids: ids))
        }
        // Last to start, first to stop: who calls us finds every gateway ready.
        if let listener {
            operations.serve(on: listener)
            let address = configuration.http.map { "\($0.listen)" } ?? ""
            services.append(ListenerService(listener: listener, address: address))
        }
        let group = ServiceGroup(
            services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: Logger(label: "services"))
        try await group.run()
        http.shutdown()
        try await loops.shutdownGracefully()
        logger.notice("stopped")
    }

    private func openRegistry() throws(StartFailure) -> Registry {
        do throws(RegistryError) {
            return try Registry(path: configuration.registry, keyFile: configuration.registryKey)
        } catch {
            throw StartFailure("registry: \(error)")
        }
    }
}
