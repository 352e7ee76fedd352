import GatewayKit
import SMSAdapter
import Settings

extension FuzzSections {
    static let providerProfiles = nodes(EmbeddedProfiles.files.map { ($0.name, $0.text) })

    static let sms: MartletConfiguration<Void>.SectionReader = { reader in
        SMSSettings(reading: reader, profiles: providerProfiles).map { _ in AdapterSection((), needsWebhooks: true) }
    }
}

extension FuzzTarget {
    static let phoneRules: (any NetworkRules)? = SMSRules(settings: PhoneGateway.settings)
}
