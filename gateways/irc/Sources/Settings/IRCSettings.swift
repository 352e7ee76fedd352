import Basics
import GatewayKit
import Networking

/// The `irc` section of a gateway's configuration.
package struct IRCSettings: Sendable {
    /// What to do with addresses of servers that are not configured.
    package enum OtherServers: String, Sendable, CaseIterable { case refuse, allow }

    /// In the order of the file.
    let networks: [IRCNetwork]
    let otherServers: OtherServers
    private let byName: [String: Int]

    /// Reads the section. Reports everything that is wrong through the reader, and then is nil.
    ///
    /// - Parameter profiles: shipped networks by name. A network of the same name takes from it what it does not set.
    package init?(reading reader: ConfigReader, profiles: [String: ConfigNode] = [:]) {
        otherServers = reader.choice("other-servers", of: OtherServers.self) ?? .refuse
        let networks = reader.map("networks")
        self.networks =
            networks?.allEntries.compactMap { entry in
                IRCSettings.network(entry, in: networks ?? reader, profile: profiles[entry.key])
            } ?? []
        if networks?.allEntries.isEmpty ?? true, otherServers == .refuse {
            reader.report("networks", "at least one network is needed here, such as libera: {}")
        }
        byName = IRCSettings.index(self.networks, reader: networks ?? reader)
        reader.finish()
        if reader.problems.hasErrors { return nil }
    }

    /// The configured network with that name or with a server of that name.
    func network(named name: String) -> IRCNetwork? { byName[name].map { networks[$0] } }

    /// The network of an account: configured, or a server that a user named.
    func network(for id: NetworkID) -> IRCNetwork { network(named: id.rawValue) ?? IRCNetwork(host: id.rawValue) }

    /// A name that can stand behind the `%` of an address: lower-case letters, digits, dots, hyphens, underscores.
    static func isNetworkName(_ name: String) -> Bool {
        guard let first = name.utf8.first, first.isASCIILower || first.isASCIIDigit else { return false }
        return name.utf8.count <= 255
            && name.utf8.allSatisfy { $0.isASCIILower || $0.isASCIIDigit || "._-".utf8.contains($0) }
    }

    private static func network(
        _ entry: ConfigNode.Entry, in reader: ConfigReader, profile: ConfigNode?
    ) -> IRCNetwork? {
        guard isNetworkName(entry.key) else {
            reader.problems.add(
                ConfigProblem(
                    at: entry.keyPlace, key: reader.path(entry.key),
                    "a network's name is made of lower-case letters, digits, '.', '_' and '-'"))
            return nil
        }
        let node = profile.map { entry.value.filled(from: $0) } ?? entry.value
        let inner = ConfigReader(
            node, path: reader.path(entry.key), problems: reader.problems, secrets: reader.secrets)
        return IRCNetwork(name: entry.key, reading: inner)
    }

    /// Names and server names; one that two networks claim is reported.
    private static func index(_ networks: [IRCNetwork], reader: ConfigReader) -> [String: Int] {
        var index = Dictionary(
            networks.enumerated().map { ($1.id.rawValue, $0) }, uniquingKeysWith: { first, _ in first })
        for (number, network) in networks.enumerated() {
            for host in network.addresses.map({ IRCRules.canonical($0.host) }) {
                let owner = index[host] ?? number
                if owner != number, !IRCNetwork.isInside(host) {
                    reader.report(
                        network.id.rawValue,
                        "the server \(host) belongs to \(networks[owner].id) too; addresses could not tell them apart")
                }
                index[host] = owner
            }
        }
        return index
    }

}

extension ConfigNode {
    /// This map, with the entries of another one that it does not have itself; maps within are filled likewise.
    fileprivate func filled(from other: ConfigNode) -> ConfigNode {
        guard case .map(let theirs) = other.value else { return self }
        let mine: [Entry]
        switch value {
        case .map(let entries): mine = entries
        case .null: mine = []
        case .scalar, .list: return self
        }
        let own = mine.map { entry in
            guard case .map = entry.value.value, let base = theirs.first(where: { $0.key == entry.key }) else {
                return entry
            }
            return Entry(key: entry.key, keyPlace: entry.keyPlace, value: entry.value.filled(from: base.value))
        }
        // An address of one's own replaces all of the profile's, in either spelling.
        let hasAddress = mine.contains { $0.key == "address" || $0.key == "addresses" }
        let added = theirs.filter { entry in
            !mine.contains { $0.key == entry.key }
                && !(hasAddress && (entry.key == "address" || entry.key == "addresses"))
        }
        return ConfigNode(.map(own + added), at: place)
    }
}
