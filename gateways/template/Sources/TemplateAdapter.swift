import GatewayKit

/// The smallest complete adapter. Its one network, `echo`, sends every message back. Copy it to start your own adapter;
/// `gateways/template/README.md` lists the changes in order.
package final class TemplateAdapter: Adapter {
    package let rules: any NetworkRules = TemplateRules()
    private let settings: TemplateSettings
    private let network: EchoNetwork

    package init(settings: TemplateSettings, network: EchoNetwork = EchoNetwork()) {
        self.settings = settings
        self.network = network
    }

    package func open(_ account: Account, events: EventSink) -> any AdapterSession {
        TemplateSession(account, settings: settings, network: network, events: events)
    }
}

/// This adapter's section of the configuration file.
package struct TemplateSettings: Sendable {
    /// The message that `echo` sends when a user enters the room. Nil for none.
    package let greeting: String?

    /// Reads the section, and reports its problems to the reader.
    package init(_ reader: ConfigReader) {
        greeting = reader.string("greeting")
        reader.finish()
    }
}
