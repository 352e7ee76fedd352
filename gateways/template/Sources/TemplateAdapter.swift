import GatewayKit

/// The smallest whole adapter: one network, `echo`, on which everybody says back what you say. Copy it to start your
/// own; `README.md` beside it lists the changes in order.
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
    /// What `echo` says to everyone who enters a room; nil: nothing.
    package let greeting: String?

    /// Reads the section; what is wrong with it is reported to the reader.
    package init(_ reader: ConfigReader) {
        greeting = reader.string("greeting")
        reader.finish()
    }
}
