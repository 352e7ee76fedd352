import Foundation
import Synchronization

/// All programs of an end-to-end test: an XMPP server, IRC networks, a telephone network, Martlet between them, and
/// their users.
package final class Deployment: Sendable {
    /// The telephone side.
    package struct Telephony: Sendable {
        package let kannel: Kannel
        package let phones: PhoneNetwork
        package let carrier: ScriptedSMSC
    }

    package let folder: RigFolder
    package let plan: Plan
    package let home: any XMPPServer
    private let second: Prosody?
    package let networks: [Plan.Network: any IRCServer]
    package let telephony: Telephony?
    package let martlet: Martlet
    private let lines: FaultLines?
    private let movableClock: MovableClock?
    private let smallDisk: SmallDisk?
    private let nameServer: DeadNameServer?
    package let driver: XMPPDriver
    private let registry: String
    private let porter: XMPPUser
    private let lastName = Atomic<Int>(0)
    private let lastOperator = Atomic<Int>(0)

    /// Starts everything and returns when Martlet answers on all its gateways.
    package static func start(_ plan: Plan) async throws -> Deployment {
        try await retryingBusyPorts {
            let deployment = try await Deployment(plan)
            try await deployment.startMartlet()
            return deployment
        }
    }

    /// Starts everything but Martlet.
    package init(_ plan: Plan) async throws {
        let folder = try RigFolder(prefix: plan.routedPrefix)
        let webhookPort = try Port.free()
        let operationsPort = try Port.free()
        let webhooks =
            try plan.hasFaults
            ? FaultProxy("webhooks", to: webhookPort, logs: folder.logs, isGentle: true) : nil
        async let home = Self.startHome(plan, in: folder)
        async let networks = Self.startNetworks(plan, in: folder)
        async let telephony = Self.startTelephony(plan, webhookPort: webhooks?.port ?? webhookPort, in: folder)
        async let driver = XMPPDriver(in: folder)
        self.folder = folder
        self.plan = plan
        self.home = try await home
        self.networks = try await networks
        self.telephony = try await telephony
        self.driver = try await driver
        second = plan.hasTwin ? try await (self.home as? Prosody)?.startTwin() : nil
        var routes = Routes(
            plan, home: self.home, networks: self.networks, telephony: self.telephony, webhookPort: webhookPort)
        if let webhooks {
            let (detours, lines) = try routes.through(webhooks: webhooks, logs: folder.logs)
            (routes, self.lines) = (detours, lines)
        } else {
            lines = nil
        }
        smallDisk = try plan.disk.map { try SmallDisk(at: folder.make("disk"), megabytes: $0) }
        movableClock = try plan.hasMovableClock ? MovableClock(in: folder) : nil
        registry = (smallDisk?.path ?? folder.path) + "/registry.sqlite"
        let file = MartletFile(
            plan: plan, home: self.home, twin: second, networks: self.networks, telephony: self.telephony,
            routes: routes,
            webhookPort: webhookPort, operationsPort: operationsPort, folder: folder.path, registry: registry)
        let nameServer = plan.hasDeadNameServer ? try DeadNameServer(in: folder) : nil
        self.nameServer = nameServer
        martlet = try Martlet(
            file.text, webhookPort: webhookPort, operationsPort: operationsPort, in: folder,
            environment: movableClock?.environment ?? [:], wrap: { nameServer?.wrap($0) ?? $0 })
        porter = XMPPUser(try await self.home.addAccount("porter"), resource: "door", driver: self.driver)
    }

    /// Starts Martlet and returns when it answers on all its gateways.
    package func startMartlet() async throws {
        try await martlet.daemon.start()
        try await awaitGateways()
    }

    /// Returns when every gateway answers a ping of an ordinary user.
    package func awaitGateways(within limit: Duration = .patience) async throws {
        try await porter.connect()
        for gateway in plan.gateways {
            try await poll("\(domain(of: gateway)) to answer", within: limit, every: .milliseconds(50)) {
                folder.logs.tails()
            } until: {
                if let end = await martlet.daemon.end {
                    throw RigFailure("martlet ended (\(end))\n\(folder.logs.tails())")
                }
                let answer = try await porter.query("get", to: domain(of: gateway), "<ping xmlns='urn:xmpp:ping'/>")
                return answer.type == "result" ? () : nil
            }
        }
        try await porter.disconnect()
    }

    /// Stops everything in good order, people first, and removes the folder.
    package func stop() async {
        await driver.stop()
        await martlet.daemon.stop()
        await telephony?.kannel.stop()
        for network in networks.values {
            for helper in network.helpers { await helper.stop() }
            await network.daemon.stop()
        }
        await home.daemon.stop()
        await second?.daemon.stop()
        await folder.network?.end()
        smallDisk?.unmount()
        folder.remove()
    }
}

extension Deployment {
    package func domain(of gateway: String) -> String { gateway + "." + plan.domain }

    package var irc: String { domain(of: "irc") }
    package var sms: String { domain(of: "sms") }

    /// Writes a new secret to the file that Martlet reads. The XMPP server reads it at its next start.
    package func replaceSecret(of gateway: String) throws {
        try folder.write("another-secret-of-\(gateway)\n", to: "\(gateway).secret")
    }

    /// A name that nothing else in this deployment has: for accounts, nicks and channels.
    package func unique(_ name: String) -> String { name + "\(lastName.add(1, ordering: .relaxed).newValue)" }

    /// A new person with a new account, online with one resource.
    package func user(_ name: String, resource: String = "desk") async throws -> XMPPUser {
        let user = XMPPUser(try await home.addAccount(unique(name)), resource: resource, driver: driver)
        try await user.connect()
        return user
    }

    /// The number of people who may administer Martlet.
    static let mostOperators = 50

    /// A new person who may administer Martlet, online with one resource.
    package func operatorUser() async throws -> XMPPUser {
        let number = lastOperator.add(1, ordering: .relaxed).newValue
        guard number <= Self.mostOperators else { throw RigFailure("there are only \(Self.mostOperators) operators") }
        let user = XMPPUser(try await home.addAccount("operator\(number)"), resource: "desk", driver: driver)
        try await user.connect()
        return user
    }

    /// The same person, online with one more resource.
    package func another(_ resource: String, of user: XMPPUser) async throws -> XMPPUser {
        let other = XMPPUser(user.account, resource: resource, driver: driver)
        try await other.connect()
        return other
    }

    /// A new person on an IRC network.
    package func ircUser(
        _ name: String, on network: Plan.Network, capabilities: [String] = []
    ) async throws -> IRCUser {
        try await IRCUser(
            unique(name), port: server(network).port, logs: folder.logs, password: plan.serverPassword,
            capabilities: capabilities)
    }

    package func server(_ network: Plan.Network) throws -> any IRCServer {
        guard let server = networks[network] else { throw RigFailure("the plan has no network \(network)") }
        return server
    }

    /// The address of a network itself.
    package func address(of network: Plan.Network) -> String { "\(network.rawValue)@\(irc)" }

    /// The address of a channel or a nick of that network.
    package func address(_ name: String, on network: Plan.Network) -> String { "\(name)%\(network.rawValue)@\(irc)" }

    /// The telephone side; the plan must have it.
    package var phoneSide: Telephony {
        get throws {
            guard let telephony else { throw RigFailure("the plan has no phones") }
            return telephony
        }
    }
}

extension Deployment {
    /// The second server of the domain; the plan must have it.
    package var twin: Prosody {
        get throws {
            guard let second else { throw RigFailure("the plan has no second server") }
            return second
        }
    }

    /// The proxies; the plan must have them.
    package var faults: FaultLines {
        get throws {
            guard let lines else { throw RigFailure("the plan has no faults") }
            return lines
        }
    }

    /// Martlet's clock; the plan must have one that moves.
    package var clock: MovableClock {
        get throws {
            guard let movableClock else { throw RigFailure("the plan has no movable clock") }
            return movableClock
        }
    }

    /// The disk under the registry; the plan must have one.
    package var disk: SmallDisk {
        get throws {
            guard let smallDisk else { throw RigFailure("the plan has no disk") }
            return smallDisk
        }
    }

    /// Martlet's registry, read only.
    package var records: RegistryView { RegistryView(path: registry) }
}
