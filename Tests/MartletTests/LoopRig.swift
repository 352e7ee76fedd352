import ComponentLink
import Foundation
import GatewayCore
import GatewayKit
import Logging
import NIOCore
import NIOPosix
import Networking
import Operations
import Registry
import XMPP

@testable import martlet

/// A gateway's loop as the program makes it, with a real stream to a server of the test's own and a registry on disk.
final class LoopRig: Sendable {
    /// Its own: what other tests do on a loop would be in the way of what is measured here.
    private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let eventLoop: any EventLoop
    private let gateway: NIOLoopBound<GatewayLoop>
    private let registry: Registry
    private let folder: URL

    init(
        port: Int, adapter: @escaping @Sendable () -> any Adapter,
        adjust: @escaping @Sendable (inout ComponentSettings) -> Void = { _ in }
    ) async throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "martlet-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let registry = try Registry(path: folder.appending(path: "registry.sqlite").path)
        self.registry = registry
        let eventLoop = group.next()
        self.eventLoop = eventLoop
        let core = CoreSettings(domain: try JID("gw.test"), allows: { _ in true }, version: "1")
        var link = try ComponentSettings(
            domain: "gw.test", server: Endpoint(host: "127.0.0.1", port: port), secret: LinkSecret("harbour"))
        link.timing.firstRetry = .milliseconds(2)
        link.timing.slowestRetry = .milliseconds(4)
        adjust(&link)
        let snapshot = try await registry.snapshot(gateway: "gw.test")
        gateway = try await eventLoop.submit { [link] in
            let logger = Logger(label: "rig") { _ in SwiftLogNoOpLogHandler() }
            let loop = GatewayLoop(
                settings: core, adapter: adapter(), registry: registry, ids: IDSource(), eventLoop: eventLoop,
                logger: logger, counters: CoreCounters(gateway: "gw.test"), health: HealthRegistry())
            let stream = ComponentLink(
                settings: link, eventLoop: eventLoop, dialer: Dialer(), logger: logger, delegate: loop)
            loop.link = stream
            loop.post(.started(snapshot))
            stream.start()
            return NIOLoopBound(loop, eventLoop: eventLoop)
        }.get()
    }

    /// Runs something on the gateway's loop.
    func onLoop<T: Sendable>(_ work: @escaping @Sendable (GatewayLoop) throws -> T) async throws -> T {
        let gateway = gateway
        return try await eventLoop.submit { try work(gateway.value) }.get()
    }

    func stop() async throws {
        let done = eventLoop.makePromise(of: Void.self)
        try await onLoop { $0.stop(reason: "the test is over") { done.succeed() } }
        try await done.futureResult.get()
        await registry.close()
        try await group.shutdownGracefully()
        try FileManager.default.removeItem(at: folder)
    }
}
