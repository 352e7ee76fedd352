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

    /// - Parameters:
    ///   - eventLoop: the gateway's; the adapter and its sessions live on it.
    ///   - version: our answer to people who ask what software this is (CTCP VERSION).
    ///   - clock: the time of day, to tell old messages from new ones.
    ///   - random: for pauses between attempts to connect.
    package init(
        settings: IRCSettings, eventLoop: any EventLoop, dialer: Dialer, logger: Logger,
        version: String = "Martlet", clock: @escaping @Sendable () -> Timestamp,
        random: any RandomNumberGenerator = SystemRandomNumberGenerator()
    ) {
        self.settings = settings
        ircRules = IRCRules(settings)
        environment = IRCSession.Environment(
            eventLoop: eventLoop, dialer: dialer, logger: logger, version: version, clock: clock, random: random)
    }

    package func open(_ account: Account, events: EventSink) -> any AdapterSession {
        IRCSession(account, network: settings.network(for: account.id.network), events: events, environment)
    }
}
