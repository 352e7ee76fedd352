import GatewayKit
import XMPP

/// The live state of one user on one gateway: rooms, resources, requests on their way. Lives on the gateway's loop,
/// owned by the `Switchboard`.
final class Session {
    let user: UserID
    let jid: JID
    /// Networks with an open adapter session.
    @exclusivity(unchecked) var networks = NetworkLinks()
    var rooms: [RoomAddress: Room] = [:]
    /// Whether some room may have a welcome that takes several turns.
    var isWelcoming = false
    /// Changed with every message; its methods call nothing that could come back here.
    @exclusivity(unchecked) var requests = PendingRequests()
    /// The address under which the user last wrote to a peer: answers come from there.
    private(set) var peerAliases: [PeerAddress: JID] = [:]
    /// Of these, the one used last.
    private var lastAlias: (peer: PeerAddress, jid: JID)?
    private static let mostAliases = 1_000

    init(user: UserID, jid: JID) {
        self.user = user
        self.jid = jid
    }

    func remember(alias: JID, of peer: PeerAddress) {
        if let lastAlias, lastAlias.jid == alias, lastAlias.peer == peer { return }
        lastAlias = (peer, alias)
        if peerAliases.count >= Self.mostAliases { peerAliases.removeAll(keepingCapacity: true) }
        peerAliases[peer] = alias
    }

    /// The user's account on a network, open or not.
    func account(on network: NetworkID) -> AccountID {
        networks.account(on: network) ?? AccountID(user: user, network: network)
    }

    /// The request to leave a room that has no outcome yet. Until then, what the network says of the room is about
    /// the visit that ends.
    func leaving(_ room: RoomAddress) -> UInt64? { requests.leaving(room) }

    /// Nothing keeps this session: it may be dropped.
    var isIdle: Bool { networks.isEmpty && rooms.isEmpty && requests.isEmpty }
}
