import GatewayKit
import IRCAdapter
import Settings

extension FuzzSections {
    static let networkProfiles = nodes(EmbeddedProfiles.files.map { ($0.name, $0.text) })

    static let irc: MartletConfiguration<Void>.SectionReader = { reader in
        IRCSettings(reading: reader, profiles: networkProfiles).map { _ in AdapterSection(()) }
    }
}

extension FuzzTarget {
    static let chatRules: (any NetworkRules)? = {
        let text = "networks: {net: {address: irc.example.org}, lib: {address: irc.example.com}}\nother-servers: allow"
        guard let node = try? YAMLConfig.node(from: text, file: "irc") else { return nil }
        let reader = ConfigReader(node, path: "irc", problems: ConfigProblems(), secrets: secrets)
        return IRCSettings(reading: reader).map { IRCRules($0) }
    }()
}
