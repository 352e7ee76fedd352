import GatewayKit
import Settings

/// The adapters that are built in: one line each.
enum AdapterCatalogue {
    static let kinds: [String: any AdapterKind.Type] = [
        "irc": IRCKind.self,
        "sms": SMSKind.self,
        "template": TemplateKind.self,
    ]

    /// How the section of each kind of adapter is read.
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

/// One kind of adapter as the program sees it: its checked settings, and how to make the adapter from them.
protocol AdapterKind: Sendable {
    /// The network has to call us over HTTP.
    static var needsWebhooks: Bool { get }

    /// Reads the adapter's section; what is wrong is reported to the reader.
    init?(reading reader: ConfigReader, profiles: ProfileFolder)

    /// Makes the adapter of a gateway, on that gateway's loop.
    func makeAdapter(_ surroundings: AdapterSurroundings) -> any Adapter
}
