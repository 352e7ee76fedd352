import GatewayKit
import TemplateAdapter

/// The settings of the template adapter, which repeats the words of its users.
struct TemplateKind: AdapterKind {
    static let needsWebhooks = false
    let settings: TemplateSettings

    init?(reading reader: ConfigReader, profiles: ProfileFolder) { settings = TemplateSettings(reader) }

    func makeAdapter(_ environment: AdapterEnvironment) -> any Adapter { TemplateAdapter(settings: settings) }
}
