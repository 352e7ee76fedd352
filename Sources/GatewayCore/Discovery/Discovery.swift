import GatewayKit
import XML
import XMPP

/// Service discovery (XEP-0030) on the gateway, its networks, rooms and people. The advertised features are derived
/// from the routes and from the network's capabilities, so only features that are served are advertised.
final class Discovery: Feature {
    private let kernel: Kernel
    private let rooms: Rooms
    private let commands: Commands

    init(_ kernel: Kernel, _ rooms: Rooms, _ commands: Commands) {
        self.kernel = kernel
        self.rooms = rooms
        self.commands = commands
    }

    func register(in routes: inout Routes) {
        routes.query(.get, "query", DiscoInfo.namespace, on: .all) {
            [self] query throws(StanzaError) in .result(try info(query).element)
        }
        routes.query(.get, "query", DiscoItems.namespace, on: .all) {
            [self] query throws(StanzaError) in .result(try items(query).element)
        }
    }

    private func info(_ query: Query) throws(StanzaError) -> DiscoInfo {
        if let node = query.node {
            guard case .gateway = query.target, let info = commands.info(of: node) else { throw .noSuchNode }
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
            guard node == Command.namespace, case .gateway = query.target else { throw .noSuchNode }
            return commands.items(at: query.to)
        }
        var items = DiscoItems()
        switch query.target {
        case .gateway where kernel.description.roomIdentity != nil:
            items.items = kernel.rules.networks.compactMap { network in
                kernel.addresses.jid(.network(network)).map { DiscoItems.Item($0, name: network.rawValue) }
            }.filter { $0.jid != query.to.bare }
        case .network(let network):
            items.items = joinedRooms(of: query.user, on: network)
        default: break
        }
        return items
    }

    /// The rooms on a network that the user has joined. The network's own list of rooms is not served.
    private func joinedRooms(of user: User, on network: NetworkID) -> [DiscoItems.Item] {
        rooms.rooms(of: user).map(\.address).filter { $0.network == network }.sorted { $0.name < $1.name }
            .compactMap { room in
                kernel.addresses.jid(.room(room)).map { DiscoItems.Item($0, name: room.name) }
            }
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
