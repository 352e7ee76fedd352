import GatewayKit
import SMSAdapter

struct SMSKind: AdapterKind {
    static let needsWebhooks = true
    let settings: SMSSettings

    init?(reading reader: ConfigReader, profiles: ProfileFolder) {
        let shipped = EmbeddedProfiles.files.map { ($0.name, $0.text) }
        let profiles = profiles.read("providers", over: shipped, reader.problems)
        guard let settings = SMSSettings(reading: reader, profiles: profiles) else { return nil }
        self.settings = settings
    }

    func makeAdapter(_ surroundings: AdapterSurroundings) -> any Adapter {
        SMSAdapter(
            settings: settings, domain: surroundings.domain, eventLoop: surroundings.eventLoop,
            http: surroundings.http, listener: surroundings.listener, publicURL: surroundings.publicURL,
            clock: SystemClock.now, logger: surroundings.logger)
    }
}
