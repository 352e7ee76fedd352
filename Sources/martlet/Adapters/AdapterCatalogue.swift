import GatewayKit
import Settings

/// The adapters that are part of the program, one line each.
enum AdapterCatalogue {
    static let kinds: [String: any AdapterKind.Type] = [
        "irc": IRCKind.self,
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

/// One kind of adapter: its checked settings, and the way to make an adapter from them.
protocol AdapterKind: Sendable {
    /// Whether the network calls us over HTTP.
    static var needsWebhooks: Bool { get }

    /// Reads the adapter's section. Problems are reported to the reader.
    init?(reading reader: ConfigReader, profiles: ProfileFolder)

    /// Makes the adapter of a gateway, on that gateway's loop.
    func makeAdapter(_ surroundings: AdapterSurroundings) -> any Adapter
}
