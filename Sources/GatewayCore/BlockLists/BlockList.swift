import GatewayKit
import Registry

/// The addresses that one user has blocked.
final class BlockList {
    /// A private conversation with an occupant of a room.
    struct Conversation: Hashable {
        let room: RoomAddress
        let nick: String
    }

    private(set) var addresses: Set<BlockedAddress> = []
    /// The persons, networks and private conversations among the addresses. An address that the configuration does not
    /// accept any more is in none of them.
    private var peers: Set<PeerAddress> = []
    private var networks: Set<NetworkID> = []
    private(set) var conversations: Set<Conversation> = []

    /// Blocks an address.
    ///
    /// - Parameter target: the entity at the address; nil if no entity has the address.
    func add(_ address: BlockedAddress, _ target: Target?) {
        addresses.insert(address)
        switch target {
        case .peer(let peer): peers.insert(peer)
        case .network(let network): networks.insert(network)
        case .occupant(let room, let nick): conversations.insert(Conversation(room: room, nick: nick))
        case .gateway, .room, nil: break
        }
    }

    /// Unblocks an address.
    func remove(_ address: BlockedAddress, _ target: Target?) {
        addresses.remove(address)
        switch target {
        case .peer(let peer): peers.remove(peer)
        case .network(let network): networks.remove(network)
        case .occupant(let room, let nick): conversations.remove(Conversation(room: room, nick: nick))
        case .gateway, .room, nil: break
        }
    }

    /// Whether the user has blocked the address of a person or network.
    func blocks(address: Address) -> Bool {
        switch address {
        case .peer(let peer): peers.contains(peer)
        case .network(let network): networks.contains(network)
        case .room: false
        }
    }

    /// Whether the user has blocked the address of a person, network or private conversation.
    func blocks(target: Target) -> Bool {
        switch target {
        case .peer(let peer): peers.contains(peer)
        case .network(let network): networks.contains(network)
        case .occupant(let room, let nick): conversations.contains(Conversation(room: room, nick: nick))
        case .gateway, .room: false
        }
    }

    /// Whether a message comes from a person whom the user has blocked. The words of such a person in a room still come:
    /// they are the room's.
    func blocks(message: InboundMessage) -> Bool {
        guard case .peer(let peer) = message.origin, !message.isOwn else { return false }
        return peers.contains(peer)
    }

    /// Whether an event is an invitation of a person whom the user has blocked.
    func blocks(event: Event) -> Bool {
        guard case .room(_, .invited(let invitation)) = event, let author = invitation.author else { return false }
        return peers.contains(author)
    }
}
