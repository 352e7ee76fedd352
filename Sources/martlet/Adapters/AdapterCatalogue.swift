import GatewayKit
import Settings

/// Lists the adapters of the program. A new adapter adds one line.
enum AdapterCatalogue {
    static let kinds: [String: any AdapterKind.Type] = [
        "irc": IRCKind.self,
        "loopback": LoopbackKind.self,
        "sms": SMSKind.self,
        "template": TemplateKind.self,
    ]

    /// The functions that read the section of each kind of adapter, by the adapter's id.
    static func sectionReaders(
        _ profiles: ProfileFolder
    ) -> [String: MartletConfiguration<any AdapterKind>.SectionReader] {
        kinds.mapValues { kind in
            { reader in
                kind.init(reading: reader, profiles: profiles).map {
                    AdapterSection($0, needsWebhooks: kind.needsWebhooks)
                }
            }
        }
    }
}

/// The checked settings of one kind of adapter. They create the adapter.
protocol AdapterKind: Sendable {
    /// Whether the network calls Martlet over HTTP.
    static var needsWebhooks: Bool { get }

    /// Reads the adapter's section of the configuration. Reports problems to the reader. Nil if there is an error.
    init?(reading reader: ConfigReader, profiles: ProfileFolder)

    /// Creates the adapter of a gateway. Call it on the gateway's event loop.
    func makeAdapter(_ environment: AdapterEnvironment) -> any Adapter
}
