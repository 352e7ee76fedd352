import GatewayKit
import XML
import XMPP

/// Service discovery (XEP-0030) on the gateway, its networks, rooms and people. Features come from the table of
/// queries and from the network's capabilities, so they cannot promise what is not served.
enum Discovery {
    static let routes = [
        QueryRoute(.get, "query", DiscoInfo.namespace, targets: .all, answer: info),
        QueryRoute(.get, "query", DiscoItems.namespace, targets: .all, answer: items),
    ]

    private static func info(_ core: Switchboard, _ query: Query) throws(StanzaError) -> QueryOutcome {
        let node = query.payload[attribute: "node"]
        if let node, !node.isEmpty { return try Commands.info(core, query, node: node) }
        let description = core.description
        var info: DiscoInfo
        switch query.target {
        case .gateway:
            info = DiscoInfo(identities: [identity(description.gatewayIdentity, "\(description.name) gateway")])
        case .network(let network):
            info = DiscoInfo(identities: [identity(description.gatewayIdentity, network.rawValue)])
        case .room(let room), .occupant(let room, _):
            guard let kind = description.roomIdentity else { throw .notServed }
            info = DiscoInfo(identities: [identity(kind, room.name)])
        case .peer(let peer):
            info = DiscoInfo(identities: [identity(description.peerIdentity, peer.name)])
        }
        info.features = QueryRoute.features(of: query.target.kind) + extras(core, query)
        return .result(info.element)
    }

    private static func identity(_ identity: AdapterDescription.Identity, _ name: String) -> DiscoInfo.Identity {
        DiscoInfo.Identity(identity.category, identity.type, name: name)
    }

    private static func extras(_ core: Switchboard, _ query: Query) -> [String] {
        switch query.target {
        case .gateway, .network: return core.description.roomIdentity == nil ? [] : [MUCJoin.namespace]
        case .room: return [MUCJoin.namespace, "muc_open", "muc_unmoderated", "muc_semianonymous"]
        case .occupant: return []
        case .peer(let peer):
            let account = AccountID(
                user: UserID(query.from.bare.description),
                network: core.registrations.network(
                    of: UserID(query.from.bare.description), for: peer, rules: core.rules))
            let capabilities = core.world.capabilities(account, .peer(peer))
            return (capabilities?[.deliveryReport] ?? .rejected) >= .partial ? [Receipt.namespace] : []
        }
    }

    private static func items(_ core: Switchboard, _ query: Query) throws(StanzaError) -> QueryOutcome {
        let node = query.payload[attribute: "node"]
        if let node, !node.isEmpty { return try Commands.items(core, query, node: node) }
        var items = DiscoItems()
        switch query.target {
        case .gateway where core.description.roomIdentity != nil:
            items.items = core.rules.networks.compactMap { network in
                core.addresses.jid(.network(network)).map { DiscoItems.Item($0, name: network.rawValue) }
            }.filter { $0.jid != query.to.bare }
        case .network(let network):
            items.items = rooms(core, of: query.from, on: network)
        default: break
        }
        return .result(items.element)
    }

    /// The rooms the user is in; the whole list of a network is another matter.
    private static func rooms(_ core: Switchboard, of jid: JID, on network: NetworkID) -> [DiscoItems.Item] {
        guard let session = core.existingSession(of: jid) else { return [] }
        return session.rooms.keys.filter { $0.network == network }.sorted { $0.name < $1.name }.compactMap { room in
            core.addresses.jid(.room(room)).map { DiscoItems.Item($0, name: room.name) }
        }
    }
}
