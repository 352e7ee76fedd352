import GatewayKit
import XML
import XMPP

/// Service discovery (XEP-0030) on the gateway, its networks, rooms and people. The advertised features are derived
/// from the routes and from the network's capabilities, so only features that are served are advertised.
final class Discovery: Feature {
    let kernel: Kernel
    private let rooms: Rooms
    private let commands: Commands
    private let roomLists: RoomLists
    /// The capabilities that were sent with presence.
    var sent = SentCapabilities()
    /// The capabilities that were computed last.
    var latest: (key: CapabilitiesKey, elements: [Element])?
    /// Stands for users who are not loaded.
    private(set) lazy var nobody = User(kernel.settings.domain, isAllowed: false, tables: kernel.users.tables)

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
        routes.presencePayload { [self] in capabilities(of: $0, $1) }
        routes.advertise(EntityCapabilities.namespace, on: [.gateway, .network, .peer])
        routes.advertise(ResultSet.namespace, on: [.gateway, .network])
        routes.query(.get, "query", DiscoItems.namespace, on: .all) {
            [self] query throws(StanzaError) in
            if query.node == nil, let network = roomLists.network(listedAt: query.target) {
                return try roomLists.list(network, for: query)
            }
            return .result(try page(of: try items(query), query).element)
        }
    }

    private func info(_ query: Query) throws(StanzaError) -> DiscoInfo {
        if case .occupant(let room, let nick) = query.target { try check(nick, in: room, query) }
        if let node = query.node { return try info(of: node, query) }
        return try plainInfo(query)
    }

    /// The information about the entity itself.
    func plainInfo(_ query: Query) throws(StanzaError) -> DiscoInfo {
        var info = DiscoInfo(identities: [try identity(of: query.target)])
        info.features = kernel.routes.queries.features(for: query)
        if case .room(let room) = query.target,
            let form = rooms.info(of: room, for: query.user) ?? roomLists.info(of: room, for: query.user)
        {
            info.forms = [form]
        }
        if case .gateway = query.target {
            if let form = contactForm { info.forms.append(form) }
            info.forms.append(Self.limitsForm)
        }
        return info
    }

    private func info(of node: String, _ query: Query) throws(StanzaError) -> DiscoInfo {
        switch (query.target, node) {
        case (.room(let room), Self.reservedNickNode): return reservedNick(in: room, of: query.user, node)
        case (.room, Self.trafficNode): return traffic(query, node)
        case (.gateway, Self.reservedNickNode), (.network, Self.reservedNickNode):
            throw StanzaError(.featureNotImplemented, "Ask a room for your nick in it (XEP-0045 §7.12).")
        case (.gateway, Self.trafficNode), (.network, Self.trafficNode): throw .notServed
        default:
            if let info = sent.info(of: node) { return info }
            guard let info = commands.info(of: node, for: query) else { throw .noSuchNode }
            return info
        }
    }

    private static let reservedNickNode = "x-roomuser-item"
    private static let trafficNode = "http://jabber.org/protocol/muc#traffic"

    /// The namespaces of payloads that reach the other occupants of a room (XEP-0045, "Allowable Traffic"): those that a
    /// feature handles and advertises. All others stay with the clients of their sender.
    private func traffic(_ query: Query, _ node: String) -> DiscoInfo {
        let carried = Set(kernel.routes.payloads.filter { $0.targets.contains(.room) }.map(\.namespace))
        var info = DiscoInfo(node: node)
        info.features = kernel.routes.queries.features(for: query).filter(carried.contains)
        return info
    }

    /// The nick that a user has registered for a room (XEP-0045 §7.12); no identity if there is none.
    private func reservedNick(in room: RoomAddress, of user: User, _ node: String) -> DiscoInfo {
        var info = DiscoInfo(node: node)
        if let nick = rooms.accounts.settings(of: user, network: room.network)["nick"] {
            info.identities = [DiscoInfo.Identity("conference", "text", name: nick)]
        }
        return info
    }

    /// Checks that the asker is in the room, and an occupant with this nick as well (XEP-0045 §6.6).
    private func check(_ nick: String, in address: RoomAddress, _ query: Query) throws(StanzaError) {
        guard let room = rooms.room(address, of: query.user), room.isInside(query.from) else {
            throw StanzaError(.badRequest, "Only occupants of a room may ask for its other occupants.")
        }
        guard room.occupants[nick] != nil else { throw .nobodyCalled(nick) }
    }

    private func identity(of target: Target) throws(StanzaError) -> DiscoInfo.Identity {
        let description = kernel.description
        switch target {
        case .gateway: return DiscoInfo.Identity(description.gatewayIdentity, "\(description.name) gateway")
        case .network(let network): return DiscoInfo.Identity(description.networkIdentity, network.rawValue)
        case .room(let room):
            guard let kind = description.roomIdentity else { throw .notServed }
            return DiscoInfo.Identity(kind, room.name)
        case .occupant(_, let nick): return DiscoInfo.Identity(description.peerIdentity, nick)
        // Without a name, so that all people of a kind have the same capabilities (XEP-0115), and clients ask once.
        case .peer: return DiscoInfo.Identity(description.peerIdentity, nil)
        }
    }

    /// The page of a list that a query asks for (XEP-0059), or the first one if the list is long.
    private func page(of all: DiscoItems, _ query: Query) throws(StanzaError) -> DiscoItems {
        let wanted = try PageRequest.wanted(in: query.payload, most: RoomLists.most)
        guard !all.items.isEmpty, wanted != nil || all.items.count > RoomLists.most else { return all }
        let (items, resultSet) = try (wanted ?? PageRequest(limit: RoomLists.most)).page(of: all.items) {
            $0.node ?? $0.jid.description
        }
        return DiscoItems(node: all.node, items: items, others: [resultSet.element])
    }

    private func items(_ query: Query) throws(StanzaError) -> DiscoItems {
        if case .occupant(let room, let nick) = query.target { try check(nick, in: room, query) }
        if let node = query.node {
            guard node == Command.namespace, commands.hasCommands(at: query.target.kind) else { throw .noSuchNode }
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
    fileprivate static let noSuchNode = StanzaError(.itemNotFound, "This address has no such node.")
}

extension DiscoInfo.Identity {
    fileprivate init(_ identity: AdapterDescription.Identity, _ name: String?) {
        self.init(identity.category, identity.type, name: name)
    }
}
