import Dispatch
import GatewayCore
import GatewayKit
import Logging
import NIOCore
import Settings
import Synchronization
import XMPP

/// Reads the configuration again while the program runs, and gives its access rules (`access`, `gateways.*.access`) to
/// the gateways. All other settings need a restart.
final class AccessReload: Sendable {
    /// Reads and checks the file of the configuration, on any thread.
    typealias Load = @Sendable () -> MartletConfiguration<any AdapterKind>.Loaded

    /// Maximum of problems of the file that an answer names.
    private static let mostProblems = 20

    private let load: Load
    private let logger: Logger
    private let gateways = Mutex<[String: NIOLoopBound<GatewayLoop>]>([:])
    /// Reading a file may take long, so no event loop does it.
    private let queue = DispatchQueue(label: "reload")

    init(logger: Logger, load: @escaping Load) {
        self.logger = logger
        self.load = load
    }

    /// Adds a gateway, which gets the access rules from now on. Call it when the gateway runs.
    func add(_ gateway: NIOLoopBound<GatewayLoop>, domain: String) {
        gateways.withLock { $0[domain] = gateway }
    }

    /// Forgets all gateways. Call it when they have ended.
    func removeAll() { gateways.withLock { $0 = [:] } }

    /// Reads the file on a thread of its own. Call it on any thread.
    ///
    /// - Parameter done: gets the lines for the operator, on that thread.
    func reload(_ done: @escaping @Sendable ([String]) -> Void) {
        queue.async { [self] in done(reloadNow()) }
    }

    /// Reads the file on the present thread, which must not be an event loop. Returns the lines for the operator. A
    /// file with an error changes nothing.
    func reloadNow() -> [String] {
        let (configuration, problems) = load()
        logger.report(problems)
        let lines = problems.prefix(Self.mostProblems).map(\.line)
        guard let configuration else {
            logger.error("the configuration has errors, so the access rules stay as they are")
            return ["The configuration has errors. Nothing was changed."] + lines
        }
        let count = configuration.gateways.count { give(configuration.access, to: $0) }
        logger.notice("the access rules were read again", metadata: ["gateways": "\(count)"])
        let gateways = count == 1 ? "one gateway" : "\(count) gateways"
        return ["The access rules of \(gateways) were read again. Other settings need a restart."] + lines
    }

    /// Gives a gateway its access rules. Returns false if the gateway does not run.
    private func give(_ access: AccessRules, to configuration: GatewayConfiguration<any AdapterKind>) -> Bool {
        guard let gateway = gateways.withLock({ $0[configuration.domain] }) else { return false }
        let new = CoreAccess(access, configuration)
        gateway.eventLoop.execute { gateway.value.post(.accessChanged(new)) }
        return true
    }
}

extension CoreAccess {
    /// Makes the access rules of one gateway from those of the program and its own.
    init(_ access: AccessRules, _ configuration: GatewayConfiguration<any AdapterKind>) {
        let rules = access.rules(for: configuration.domain, own: configuration.access)
        let domains = rules.domains
        self.init(
            allows: { rules.allows($0.bare.description, of: $0.domain) },
            isAdmin: { rules.isAdmin($0.bare.description) },
            isProgramAdmin: { access.isAdmin($0.bare.description) },
            operatorAddresses: rules.admins.map { "xmpp:\($0)" },
            allowsSomeOf: { domains.contains($0) || domains.contains("*") })
    }
}
