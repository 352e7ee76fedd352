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
        let profiles = profiles.read("networks", over: shipped, reader.problems)
        guard let settings = IRCSettings(reading: reader, profiles: profiles) else { return nil }
        self.settings = settings
    }

    func makeAdapter(_ surroundings: AdapterSurroundings) -> any Adapter {
        let ignored = Counter(label: "martlet_irc_lines_ignored_total", dimensions: [("gateway", surroundings.domain)])
        return IRCAdapter(
            settings: settings, eventLoop: surroundings.eventLoop, dialer: surroundings.dialer,
            logger: surroundings.logger, version: "Martlet \(Martlet.version)", clock: SystemClock.now,
            connectionsPerUser: surroundings.limits.connections, dialsPerMinute: surroundings.limits.dialsPerMinute,
            ignoredLines: { ignored.increment(by: $0) })
    }
}
