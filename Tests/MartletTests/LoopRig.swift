import Basics
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
import SQLiteStore
import XMPP

@testable import martlet

/// A gateway's loop as the program creates it, with a real stream to the test's server and a registry on disk.
final class LoopRig: Sendable {
    /// This rig's own group of event loops, because work of other tests on its loop would disturb measurements. Nil if
    /// the rig runs on its neighbour's loop.
    private let group: MultiThreadedEventLoopGroup?
    private let slices: NIOLoopBound<SliceQueue>
    var eventLoop: any EventLoop { slices.eventLoop }
    private let gateway: NIOLoopBound<GatewayLoop>
    private let registry: any Store
    private let folder: URL

    /// - Parameters:
    ///   - neighbour: a rig whose event loop this gateway shares. Stop it after this one.
    ///   - contacts: the contacts in the registry at the start.
    init(
        port: Int, adapter: @escaping @Sendable () -> any Adapter, beside neighbour: LoopRig? = nil,
        contacts: [ContactRecord] = [], limits: CoreSettings.Limits = CoreSettings.Limits(),
        adjust: @escaping @Sendable (inout ComponentSettings) -> Void = { _ in }
    ) async throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "martlet-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let registry = try SQLiteStore(path: folder.appending(path: "registry.sqlite").path)
        self.registry = registry
        let slices: NIOLoopBound<SliceQueue>
        if let neighbour {
            group = nil
            slices = neighbour.slices
        } else {
            let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
            self.group = group
            slices = try await SliceQueue.make(on: group.next())
        }
        self.slices = slices
        let eventLoop = slices.eventLoop
        let core = CoreSettings(
            domain: try JID("gw.test"), allows: { _ in true }, version: "1", limits: limits,
            occupantKey: OccupantKey(secret: Secret("test")))
        for contact in contacts { registry.submit(.saveContact(contact)) { _ in } }
        var link = try ComponentSettings(
            domain: "gw.test", server: Endpoint(host: "127.0.0.1", port: port), secret: Secret("harbour"))
        link.timing.firstRetry = .milliseconds(2)
        link.timing.slowestRetry = .milliseconds(4)
        adjust(&link)
        let snapshot = try await registry.snapshot(gateway: "gw.test")
        gateway = try await eventLoop.submit { [link] in
            let logger = Logger(label: "rig") { _ in SwiftLogNoOpLogHandler() }
            let loop = GatewayLoop(
                settings: core, adapter: adapter(), registry: registry, ids: IDSource(), eventLoop: eventLoop,
                slices: slices.value, logger: logger, counters: CoreCounters(gateway: "gw.test"),
                health: HealthRegistry())
            let stream = ComponentLink(
                settings: link, eventLoop: eventLoop, dialer: Dialer(), logger: logger, delegate: loop)
            loop.link = stream
            loop.post(.started(snapshot))
            stream.start()
            return NIOLoopBound(loop, eventLoop: eventLoop)
        }.get()
    }

    /// Runs a function on the gateway's event loop.
    func onLoop<T: Sendable>(_ work: @escaping @Sendable (GatewayLoop) throws -> T) async throws -> T {
        let gateway = gateway
        return try await eventLoop.submit { try work(gateway.value) }.get()
    }

    func stop() async throws {
        let done = eventLoop.makePromise(of: Void.self)
        try await onLoop { $0.stop(reason: "the test is over") { done.succeed() } }
        try await done.futureResult.get()
        await registry.close()
        try await group?.shutdownGracefully()
        try FileManager.default.removeItem(at: folder)
    }
}
