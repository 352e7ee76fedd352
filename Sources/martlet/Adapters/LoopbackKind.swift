import GatewayKit
import LoopbackAdapter

/// The settings of the loopback adapter: it has none.
struct LoopbackKind: AdapterKind {
    static let needsWebhooks = false

    init?(reading reader: ConfigReader, profiles: ProfileFolder) { reader.finish() }

    func makeAdapter(_ environment: AdapterEnvironment) -> any Adapter { LoopbackAdapter() }
}
