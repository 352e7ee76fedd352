import Basics
import GatewayKit
import Networking

/// The `irc` section of a gateway's configuration.
package struct IRCSettings: Sendable {
    /// Whether users may connect to servers that are not configured.
    package enum OtherServers: String, Sendable, CaseIterable { case refuse, allow }

    /// The configured networks, in the order of the file.
    let networks: [IRCNetwork]
    let otherServers: OtherServers
    /// The only network of the gateway, if addresses do not name it: `#channel@gateway`, `nick@gateway`.
    let fixedNetwork: NetworkID?
    /// Nil if questions about the owners of connections are not answered.
    let ident: IdentSettings?
    private let byName: [String: Int]

    /// Reads the section. Reports all problems to the reader. Nil if the reader has any error.
    ///
    /// - Parameter profiles: the shipped networks by name. They fill in the keys that a network of the same name leaves
    ///   out.
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
        fixedNetwork = IRCSettings.fixedNetwork(reader, self.networks, otherServers)
        ident = reader.map("identd").flatMap(IdentSettings.init)
        reader.finish()
        if reader.problems.hasErrors { return nil }
    }

    /// The configured network with that name or with a server of that name.
    func network(named name: String) -> IRCNetwork? { byName[name].map { networks[$0] } }

    /// The network of an account. One that is not configured is a server that a user named.
    func network(for id: NetworkID) -> IRCNetwork { network(named: id.rawValue) ?? IRCNetwork(host: id.rawValue) }

    /// Whether a name can stand after the `%` of an address: 1 to 255 lower-case letters, digits, dots, hyphens and
    /// underscores, beginning with a letter or digit.
    static func isNetworkName(_ name: String) -> Bool {
        guard let first = name.utf8.first, first.isASCIILower || first.isASCIIDigit else { return false }
        return name.utf8.count <= 255
            && name.utf8.allSatisfy { $0.isASCIILower || $0.isASCIIDigit || "._-".utf8.contains($0) }
    }

    private static func fixedNetwork(
        _ reader: ConfigReader, _ networks: [IRCNetwork], _ otherServers: OtherServers
    ) -> NetworkID? {
        guard let name = reader.string("fixed-network") else { return nil }
        if !networks.contains(where: { $0.id.rawValue == name }) {
            reader.report("fixed-network", "'\(name)' is not the name of a network under networks")
        } else if networks.count > 1 || otherServers == .allow {
            reader.report(
                "fixed-network",
                "then addresses cannot name another network: leave one under networks, and remove other-servers")
        }
        return NetworkID(name)
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

    /// Maps names of networks and host names of servers to networks. Reports a public host that two networks claim.
    private static func index(_ networks: [IRCNetwork], reader: ConfigReader) -> [String: Int] {
        var index = Dictionary(
            networks.enumerated().map { ($1.id.rawValue, $0) }, uniquingKeysWith: { first, _ in first })
        for (number, network) in networks.enumerated() {
            for host in network.addresses.map({ IRCRules.canonical($0.host) }) {
                let owner = index[host] ?? number
                if owner != number, !IRCNetwork.isInside(host) {
                    reader.report(
                        network.id.rawValue,
                        "the server \(host) belongs to \(networks[owner].id) too; it must name only one network")
                }
                index[host] = owner
            }
        }
        return index
    }

}

extension ConfigNode {
    /// Returns this map with the entries of another map that it lacks. Maps within it are filled in the same way.
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
        // If the network sets `address` or `addresses`, none of the profile's addresses is used.
        let hasAddress = mine.contains { $0.key == "address" || $0.key == "addresses" }
        let added = theirs.filter { entry in
            !mine.contains { $0.key == entry.key }
                && !(hasAddress && (entry.key == "address" || entry.key == "addresses"))
        }
        return ConfigNode(.map(own + added), at: place)
    }
}
