import GatewayKit

extension LogConfiguration {
    init(_ reader: ConfigReader?) {
        guard let reader else { return }
        level = reader.choice("level", of: Level.self) ?? level
        format = reader.choice("format", of: Format.self) ?? format
        if let parts = reader.map("levels") {
            for part in parts.allEntries { levels[part.key] = parts.choice(part.key, of: Level.self) }
        }
        reader.finish()
    }
}
