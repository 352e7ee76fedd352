import GatewayKit
import Logging
import NIOCore
import Networking

/// IRC: one connection per account, made when it is first needed.
package final class IRCAdapter: Adapter {
    package var rules: any NetworkRules { ircRules }

    private let ircRules: IRCRules
    private let settings: IRCSettings
    private let environment: IRCSession.Environment
    private let ident: IdentServer?

    /// The longest time from the look-up of a server's name to the end of the TLS handshake.
    private static let dialTimeout = Duration.seconds(20)

    /// - Parameters:
    ///   - eventLoop: the event loop of the gateway. The adapter and its sessions run on it.
    ///   - version: the name of our software, for answers to CTCP VERSION.
    ///   - clock: gives the time of day, which tells old messages from new ones.
    ///   - random: varies the pauses between attempts to connect.
    ///   - connectionsPerUser: the number of connections that one user may have at once, over all networks.
    ///   - dialsPerMinute: how often one user may dial in a minute. Further dials wait.
    ///   - hash: gives users stable names and addresses that tell nothing about them.
    ///   - ignoredLines: called with a number of lines of servers that were malformed or too long.
    package convenience init(
        settings: IRCSettings, eventLoop: any EventLoop, dialer: Dialer, logger: Logger,
        version: String = "Martlet", clock: @escaping @Sendable () -> Timestamp,
        random: any RandomNumberGenerator = SystemRandomNumberGenerator(),
        connectionsPerUser: Int = 20,
        dialsPerMinute: Int = 30,
        hash: KeyedHash,
        ignoredLines: @escaping (Int) -> Void = { _ in }
    ) {
        let ident = settings.ident.map { IdentServer(IdentTable($0.answer), logger) }
        if let ident, let settings = settings.ident { ident.listen(on: settings.listen, eventLoop) }
        self.init(
            settings: settings, ident: ident,
            environment: IRCSession.Environment(
                eventLoop: eventLoop,
                connect: { server, user, route, configure in
                    dialer.connect(
                        to: server.endpoint, tls: server.tls, policy: server.network.policy,
                        timeout: IRCAdapter.dialTimeout,
                        onBehalfOf: server.network.isConfigured ? .configuration : .user(user.rawValue), via: route,
                        on: eventLoop, configure: configure)
                },
                logger: logger, version: version, clock: clock, random: random,
                connections: UserConnections(
                    UserConnections.Limits(perUser: connectionsPerUser, dialsPerMinute: dialsPerMinute)),
                hash: hash, ident: ident?.table, ignoredLines: ignoredLines))
    }

    init(settings: IRCSettings, ident: IdentServer? = nil, environment: IRCSession.Environment) {
        self.settings = settings
        self.ident = ident
        self.environment = environment
        ircRules = IRCRules(settings)
    }

    package func recall(_ values: [String: String]) {
        environment.policies.restore(values, now: environment.clock())
    }

    package func open(_ account: Account, events: EventSink) -> any AdapterSession {
        IRCSession(account, network: settings.network(for: account.id.network), events: events, environment)
    }
}
