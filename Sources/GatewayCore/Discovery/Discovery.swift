import GatewayKit
import XML
import XMPP

/// Service discovery (XEP-0030) on the gateway, its networks, rooms and people. The advertised features are derived
/// from the routes and from the network's capabilities, so only features that are served are advertised.
final class Discovery: Feature {
    private let kernel: Kernel
    private let rooms: Rooms
    private let commands: Commands
    private let roomLists: RoomLists

    init(_ kernel: Kernel, _ rooms: Rooms, _ commands: Commands, _ roomLists: RoomLists) {
        self.kernel = kernel
        self.rooms = rooms
        self.commands = commands
        self.roomLists = roomLists
    }

    func register(in routes: inout Routes) {
        routes.query(.get, "query", DiscoInfo.namespace, on: .all) {
            [self] query throws(StanzaError) in .result(try info(query).element)
        }
        routes.query(.get, "query", DiscoItems.namespace, on: .all) {
            [self] query throws(StanzaError) in
            if query.node == nil, case .network(let network) = query.target {
                return try roomLists.list(network, for: query)
            }
            return .result(try items(query).element)
        }
    }

    private func info(_ query: Query) throws(StanzaError) -> DiscoInfo {
        if let node = query.node {
            guard let info = commands.info(of: node, for: query) else { throw .noSuchNode }
            return info
        }
        var info = DiscoInfo(identities: [try identity(of: query.target)])
        info.features = kernel.routes.queries.features(for: query)
        return info
    }

    private func identity(of target: Target) throws(StanzaError) -> DiscoInfo.Identity {
        let description = kernel.description
        switch target {
        case .gateway: return DiscoInfo.Identity(description.gatewayIdentity, "\(description.name) gateway")
        case .network(let network): return DiscoInfo.Identity(description.gatewayIdentity, network.rawValue)
        case .room(let room), .occupant(let room, _):
            guard let kind = description.roomIdentity else { throw .notServed }
            return DiscoInfo.Identity(kind, room.name)
        case .peer(let peer): return DiscoInfo.Identity(description.peerIdentity, peer.name)
        }
    }

    private func items(_ query: Query) throws(StanzaError) -> DiscoItems {
        if let node = query.node {
            guard node == Command.namespace, [.gateway, .network].contains(query.target.kind) else { throw .noSuchNode }
            return commands.items(for: query)
        }
        var items = DiscoItems()
        switch query.target {
        case .gateway where kernel.description.roomIdentity != nil:
            items.items = kernel.rules.networks.compactMap { network in
                kernel.addresses.jid(.network(network)).map { DiscoItems.Item($0, name: network.rawValue) }
            }.filter { $0.jid != query.to.bare }
        default: break
        }
        return items
    }
}

extension Query {
    /// The node of the query; nil if the query is about the entity itself.
    fileprivate var node: String? { payload[attribute: "node"].flatMap { $0.isEmpty ? nil : $0 } }
}

extension StanzaError {
    fileprivate static let noSuchNode = StanzaError(.cancel, .itemNotFound, "This address has no such node.")
}

extension DiscoInfo.Identity {
    fileprivate init(_ identity: AdapterDescription.Identity, _ name: String) {
        self.init(identity.category, identity.type, name: name)
    }
}
