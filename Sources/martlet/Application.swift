import Foundation
import GatewayKit
import HTTP
import Logging
import NIOCore
import NIOPosix
import Networking
import Operations
import Registry
import SQLiteStore
import ServiceLifecycle
import Settings

/// The whole program. It creates the shared parts, then one service for each gateway, and stops them in reverse order.
struct Application {
    let configuration: MartletConfiguration<any AdapterKind>
    /// Problems of the configuration that do not prevent the start.
    var warnings: [ConfigProblem] = []
    /// Reads and checks the file of the configuration again.
    let load: ConfigReload.Load

    /// Runs until SIGTERM or SIGINT, or until a part of the program fails. Throws the error of that part.
    func run() async throws {
        let operations = OperationsSetUp.start(configuration.log)
        let logger = Logger(label: "martlet")
        let started = Date().timeIntervalSince1970
        let directory = GatewayDirectory()
        let reload = ConfigReload(
            directory, outline: configuration.outline, levels: operations.configuredLevels, logger: logger, load: load)
        let serviceManager = NotifySocket(environment: ProcessInfo.processInfo.environment).map { Readiness($0) }
        let signals = await EndSignals(logger: logger, reload: reload, serviceManager: serviceManager)
        logger.notice("starting", metadata: ["version": "\(Martlet.version)"])
        logger.report(warnings)
        RunningUser.warnIfRoot(logger)
        OpenFiles.raiseLimit(logger)
        try checkListeners()
        let registry = try openRegistry(operations.watchRegistry())
        let identities = try deriveIdentities()
        let http = HTTPClient(logger: Logger(label: "http"))
        let webhooks = configuration.http.map {
            ListenerService(name: "webhooks", at: $0.listen, key: "http.listen", limits: WebhookLimits($0))
        }
        let loops = MultiThreadedEventLoopGroup(
            numberOfThreads: min(configuration.gateways.count, max(1, System.coreCount)))
        var services: [any Service] = [
            RegistryService(registry: registry), StartMemory(health: operations.health),
        ]
        let measured = MeasuredState()
        let status = operationsListener(
            operations,
            StatusPage(health: operations.health, faults: operations.faults, measured: measured, started: started))
        if let status { services.append(status) }
        if let serviceManager {
            services.append(
                ServiceNotices(
                    to: serviceManager, health: operations.health, loops: Array(loops.makeIterator())))
        }
        let ids = IDSource()
        let dialer = Dialer(resolver: HostResolver(limits: LookUpLimits(configuration.limits)))
        var slices: [NIOLoopBound<SliceQueue>] = []
        for loop in loops.makeIterator() { slices.append(try await SliceQueue.make(on: loop)) }
        var gateways: [GatewayService] = []
        for (number, gateway) in configuration.gateways.enumerated() {
            let slices = slices[number % slices.count]
            let environment = AdapterEnvironment(
                domain: gateway.domain, eventLoop: slices.eventLoop, dialer: dialer,
                identities: identities, limits: configuration.limits,
                http: http,
                listener: webhooks?.listener,
                publicURL: configuration.http?.publicURL ?? "", health: operations.health,
                logger: Logger(label: gateway.domain))
            gateways.append(
                try await GatewayService.start(
                    gateway, access: configuration.access, limits: configuration.limits, environment: environment,
                    slices: slices,
                    registry: registry, ids: ids,
                    program: ProgramControl(
                        metrics: operations.metrics, levels: operations.levels, reload: reload),
                    gateways: directory))
        }
        services.append(
            Measurements(
                gateways: directory, loops: Array(loops.makeIterator()), registry: registry,
                registryFile: configuration.registry, health: operations.health,
                listeners: [("webhooks", webhooks), ("operations", status)].compactMap { name, service in
                    service.map { (name, $0.listener) }
                }, state: measured, started: started))
        services.append(GatewayServices(gateways: gateways))
        services.append(
            ControlSocket(settings: configuration.control, gateways: directory, logger: Logger(label: "control")))
        // The webhook listener starts last and stops first, so that a provider's call always finds its gateway ready.
        if let webhooks { services.append(webhooks) }
        try await Self.group(services, endedBy: signals).run()
        directory.removeAll()
        http.shutdown()
        try await loops.shutdownGracefully()
        logger.notice("stopped")
    }

    private static func group(_ services: [any Service], endedBy signals: EndSignals) -> ServiceGroup {
        let ending = ServiceGroupConfiguration.ServiceConfiguration(
            service: signals, successTerminationBehavior: .gracefullyShutdownGroup)
        let others = services.map { ServiceGroupConfiguration.ServiceConfiguration(service: $0) }
        return ServiceGroup(
            configuration: ServiceGroupConfiguration(services: [ending] + others, logger: Logger(label: "services")))
    }

    /// Creates the listener for `/metrics`, `/health` and the status page, if the configuration has one. It has no verified callers, so
    /// it reserves no connections for them.
    private func operationsListener(_ operations: OperationsSetUp, _ page: StatusPage) -> ListenerService? {
        guard let address = configuration.operations else { return nil }
        var limits = WebhookLimits(configuration.http)
        limits.reserve = 0
        let service = ListenerService(name: "operations", at: address, key: "operations.listen", limits: limits)
        operations.serve(on: service.listener)
        page.serve(on: service.listener)
        return service
    }

    /// The hash that gives users stable names and addresses. Its key is derived from the registry's key file, so it
    /// stays the same as long as the registry does.
    private func deriveIdentities() throws(StartFailure) -> KeyedHash {
        do throws(RegistryError) {
            let file = configuration.registryKey ?? configuration.registry + ".key"
            return KeyedHash(key: try KeyFile.derivedKey(file, for: "martlet identities"))
        } catch {
            throw StartFailure("registry: \(error)")
        }
    }

    /// Checks that both HTTP servers can listen, before anything starts.
    private func checkListeners() throws(StartFailure) {
        for (key, address) in [
            ("http.listen", configuration.http?.listen), ("operations.listen", configuration.operations),
        ] {
            if let address, let flaw = ListenProbe.flaw(address) { throw StartFailure("\(key): \(flaw)") }
        }
    }

    private func openRegistry(_ watch: StorageWatch) throws(StartFailure) -> any Store {
        do throws(RegistryError) {
            return try SQLiteStore(path: configuration.registry, keyFile: configuration.registryKey, watch: watch)
        } catch {
            throw StartFailure("registry: \(error)")
        }
    }
}

extension LookUpLimits {
    init(_ settings: LimitSettings) {
        self.init()
        perUser = settings.lookups
    }
}
