import Basics
import ComponentLink
import GatewayCore
import GatewayKit
import Logging
import NIOCore
import Networking
import Registry
import ServiceLifecycle
import Settings
import XMPP

/// One gateway as a service. It runs until the shutdown, and then says goodbye.
struct GatewayService: Service {
    private let gateway: NIOLoopBound<GatewayLoop>
    private let logger: Logger

    /// Creates the gateway on its event loop, gives it the registry's data, and starts its stream.
    ///
    /// - Parameters:
    ///   - slices: the slice queue of the event loop, which all gateways on it share.
    ///   - gateways: gets the gateway when it runs.
    static func start(
        _ configuration: GatewayConfiguration<any AdapterKind>, access: AccessRules, limits: LimitSettings,
        environment: AdapterEnvironment, slices: NIOLoopBound<SliceQueue>, registry: any Store, ids: IDSource,
        program: ProgramControl, gateways: GatewayDirectory
    ) async throws -> GatewayService {
        let core = try settings(configuration, access: access, limits: limits)
        let link = try ComponentSettings(configuration)
        let logger = environment.logger
        let loop = environment.eventLoop
        let gateway = try await loop.submit {
            let gateway = GatewayLoop(
                settings: core, adapter: configuration.settings.makeAdapter(environment), registry: registry, ids: ids,
                eventLoop: loop, slices: slices.value, logger: logger,
                counters: CoreCounters(gateway: configuration.domain), health: environment.health)
            gateway.program = program
            gateway.link = ComponentLink(
                settings: link, eventLoop: loop, dialer: environment.dialer, logger: logger, delegate: gateway)
            return NIOLoopBound(gateway, eventLoop: loop)
        }.get()
        let snapshot = try await registry.snapshot(gateway: configuration.domain)
        try await loop.submit { gateway.value.start(from: snapshot) }.get()
        gateways.add(gateway, domain: configuration.domain)
        return GatewayService(gateway: gateway, logger: logger)
    }

    private static func settings(
        _ configuration: GatewayConfiguration<any AdapterKind>, access: AccessRules, limits: LimitSettings
    ) throws -> CoreSettings {
        let access = CoreAccess(access, configuration)
        var core = CoreSettings(
            domain: try JID(configuration.domain), allows: access.allows,
            version: Martlet.version, limits: CoreSettings.Limits(limits), isAdmin: access.isAdmin,
            occupantKey: OccupantKey(secret: configuration.secret))
        core.isProgramAdmin = access.isProgramAdmin
        core.allowsSomeOf = access.allowsSomeOf
        core.roster = CoreSettings.RosterEntries(rawValue: configuration.roster.rawValue) ?? core.roster
        core.bookmarksRooms = configuration.bookmarks
        core.operatorAddresses = access.operatorAddresses
        return core
    }

    func run() async throws {
        try? await gracefulShutdown()
        logger.info("shutting down")
        let gateway = gateway
        let done = gateway.eventLoop.makePromise(of: Void.self)
        gateway.eventLoop.execute {
            gateway.value.stop(reason: "Gateway shutdown") { done.succeed() }
        }
        try await done.futureResult.get()
    }
}

extension CoreSettings.Limits {
    /// The limits from the configuration. Limits that cannot be configured have their defaults.
    init(_ settings: LimitSettings) {
        self.init()
        stanzasPerSecond = settings.stanzasPerSecond
        stanzaBurst = settings.stanzaBurst
        contactsPerUser = settings.contacts
        networksPerUser = settings.networks
        registrationsPerDay = settings.registrationsPerDay
        rowsPerUser = settings.rows
        roomsPerUser = settings.rooms
        joinsPerMinute = settings.joinsPerMinute
        messagesPerSecond = settings.messagesPerSecond
        resourcesPerRoom = settings.clientsPerRoom
        longestWait = .seconds(60 * settings.messageLifetime)
        longestBreak = .seconds(settings.breakSeconds)
    }
}
