import GatewayKit
import IRCAdapter
import SMSAdapter
import Settings
import TemplateAdapter

/// The adapters that are built in. A new one is a line in `sectionReaders`, a case in `AdapterSettings`, and one in
/// `makeAdapter`.
enum AdapterSettings: Sendable {
    case irc(IRCSettings)
    case sms(SMSSettings)
    case template(TemplateSettings)
}

enum AdapterCatalogue {
    /// How the section of each kind of adapter is read. Profiles that ship with an adapter are part of its section's
    /// defaults.
    static let sectionReaders: [String: MartletConfiguration<AdapterSettings>.SectionReader] = [
        "irc": { reader in
            IRCSettings(
                reading: reader, profiles: shipped(IRCAdapter.EmbeddedProfiles.files.map { ($0.name, $0.text) })
            )
            .map { AdapterSection(.irc($0)) }
        },
        "sms": { reader in
            SMSSettings(
                reading: reader, profiles: shipped(SMSAdapter.EmbeddedProfiles.files.map { ($0.name, $0.text) })
            )
            .map { AdapterSection(.sms($0), needsWebhooks: true) }
        },
        "template": { reader in AdapterSection(.template(TemplateSettings(reader))) },
    ]

    /// Profiles by name. One that cannot be read is left out; the build's tests read them all.
    private static func shipped(_ files: [(name: String, text: String)]) -> [String: ConfigNode] {
        var profiles: [String: ConfigNode] = [:]
        for file in files {
            profiles[file.name] = try? YAMLConfig.node(from: file.text, file: "\(file.name).yaml")
        }
        return profiles
    }

    /// Makes the adapter of a gateway, on that gateway's loop.
    static func makeAdapter(_ settings: AdapterSettings, _ surroundings: AdapterSurroundings) -> any Adapter {
        switch settings {
        case .irc(let settings):
            IRCAdapter(
                settings: settings, eventLoop: surroundings.eventLoop, dialer: surroundings.dialer,
                logger: surroundings.logger)
        case .sms(let settings):
            SMSAdapter(
                settings: settings, domain: surroundings.domain, eventLoop: surroundings.eventLoop,
                http: surroundings.http, listener: surroundings.listener, publicURL: surroundings.publicURL,
                logger: surroundings.logger)
        case .template(let settings): TemplateAdapter(settings: settings)
        }
    }
}
