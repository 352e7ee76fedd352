import GatewayKit
import TemplateAdapter

struct TemplateKind: AdapterKind {
    static let needsWebhooks = false
    let settings: TemplateSettings

    init?(reading reader: ConfigReader, profiles: ProfileFolder) { settings = TemplateSettings(reader) }

    func makeAdapter(_ surroundings: AdapterSurroundings) -> any Adapter { TemplateAdapter(settings: settings) }
}
