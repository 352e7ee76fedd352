import Dispatch
import GatewayCore
import GatewayKit
import Logging
import NIOCore
import Operations
import Settings
import Synchronization
import XMPP

/// Reads the configuration again while the program runs. Access rules and levels of the log come into effect at once;
/// for all other changes, the operator is told what to restart. A file with an error changes nothing.
final class ConfigReload: Sendable {
    /// Reads and checks the file of the configuration, on any thread.
    typealias Load = @Sendable () -> MartletConfiguration<any AdapterKind>.Loaded

    /// Maximum of problems of the file that an answer names.
    private static let mostProblems = 20

    private let load: Load
    private let logger: Logger
    private let gateways: GatewayDirectory
    private let levels: LogLevels?
    /// The values that are in effect. They change with each reload, but for those that wait for a restart.
    private let inEffect: Mutex<ConfigOutline>
    /// Reading a file may take long, so no event loop does it. One reload follows the other.
    private let queue = DispatchQueue(label: "reload")

    /// - Parameters:
    ///   - gateways: the gateways that get the access rules.
    ///   - outline: the values with which the program has started.
    ///   - levels: get the levels of the log; nil if there is no log.
    init(
        _ gateways: GatewayDirectory, outline: ConfigOutline, levels: LogLevels?, logger: Logger, load: @escaping Load
    ) {
        self.gateways = gateways
        inEffect = Mutex(outline)
        self.levels = levels
        self.logger = logger
        self.load = load
    }

    /// Reads the file on a thread of its own. Call it on any thread.
    ///
    /// - Parameter done: gets the lines for the operator, on that thread.
    func reload(_ done: @escaping @Sendable ([String]) -> Void) {
        queue.async { [self] in done(reloadNow()) }
    }

    /// Reads the file on the present thread, which must not be an event loop. Returns the lines for the operator.
    func reloadNow() -> [String] {
        let (configuration, problems) = load()
        logger.report(problems)
        let faults = problems.prefix(Self.mostProblems).map(\.line)
        guard let configuration else {
            logger.error("the configuration has errors, so everything stays as it is")
            return ["The configuration has errors. Nothing was changed."] + faults
        }
        let plan = inEffect.withLock { inEffect in
            let plan = ReloadPlan(from: inEffect, to: configuration.outline)
            inEffect = inEffect.taking({ ReloadPlan.effect(of: $0) == .live }, from: configuration.outline)
            return plan
        }
        levels?.replace(level: configuration.log.loggedLevel, levels: configuration.log.loggedLevels)
        let count = configuration.gateways.count { give(configuration.access, to: $0) }
        let lines = plan.lines
        logger.notice(
            "the configuration was read again",
            metadata: ["gateways": "\(count)", "changes": "\(lines.joined(separator: " "))"])
        return ["The configuration was read again."] + lines + faults
    }

    /// Gives a gateway its access rules. Returns false if the gateway does not run.
    private func give(_ access: AccessRules, to configuration: GatewayConfiguration<any AdapterKind>) -> Bool {
        guard let gateway = gateways[configuration.domain] else { return false }
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
