import GatewayKit
import IRCAdapter
import Metrics
import Settings

/// The settings of the IRC adapter.
struct IRCKind: AdapterKind {
    static let needsWebhooks = false
    let settings: IRCSettings

    init?(reading reader: ConfigReader, profiles: ProfileFolder) {
        let shipped = EmbeddedProfiles.files.map { ($0.name, $0.text) }
        let profiles = profiles.read("networks", over: shipped, reader.problems).readable(reader.problems)
        guard let settings = IRCSettings(reading: reader, profiles: profiles) else { return nil }
        self.settings = settings
    }

    /// The addresses and the login form, which need no adapter.
    var rules: any NetworkRules { IRCRules(settings) }

    func makeAdapter(_ environment: AdapterEnvironment) -> any Adapter {
        let ignored = Counter(label: "martlet_irc_lines_ignored_total", dimensions: [("gateway", environment.domain)])
        return IRCAdapter(
            settings: settings, eventLoop: environment.eventLoop, dialer: environment.dialer,
            logger: environment.logger, version: "Martlet \(Martlet.version)", clock: SystemClock.now,
            connectionsPerUser: environment.limits.connections, dialsPerMinute: environment.limits.dialsPerMinute,
            hash: environment.identities,
            ignoredLines: { ignored.increment(by: $0) })
    }
}
