import GatewayKit
import XMPP

/// The live state of one user on one gateway: rooms, resources, requests on their way. Lives on the gateway's loop,
/// owned by the `Switchboard`.
final class Session {
    let user: UserID
    let jid: JID
    /// Networks with an open adapter session.
    var networks: [NetworkID: NetworkLink] = [:]
    var rooms: [RoomAddress: Room] = [:]
    /// Whether some room may have a welcome that takes several turns.
    var isWelcoming = false
    var requests: [RequestID: PendingRequest] = [:]
    /// The address under which the user last wrote to a peer: answers come from there.
    private(set) var peerAliases: [PeerAddress: JID] = [:]
    private static let mostAliases = 1_000

    init(user: UserID, jid: JID) {
        self.user = user
        self.jid = jid
    }

    func remember(alias: JID, of peer: PeerAddress) {
        guard peerAliases[peer] != alias else { return }
        if peerAliases.count >= Self.mostAliases { peerAliases.removeAll(keepingCapacity: true) }
        peerAliases[peer] = alias
    }

    /// The user's account on a network, open or not.
    func account(on network: NetworkID) -> AccountID {
        networks[network]?.account ?? AccountID(user: user, network: network)
    }

    /// The request to leave a room that has no outcome yet. Until then, what the network says of the room is about
    /// the visit that ends.
    func leaving(_ room: RoomAddress) -> RequestID? {
        requests.first { if case .leave(room, _) = $0.value { true } else { false } }?.key
    }

    /// Nothing keeps this session: it may be dropped.
    var isIdle: Bool { networks.isEmpty && rooms.isEmpty && requests.isEmpty }
}

/// The open side of one account.
struct NetworkLink {
    let account: AccountID
    /// Our name there as far as known.
    var nick: String?
    var isOnline = false
}

/// Why a request was made: what to do with its outcome.
enum PendingRequest {
    case join(RoomAddress)
    /// `then` is the wish to enter again, made meanwhile.
    case leave(RoomAddress, then: Request.Action?)
    case groupMessage(RoomAddress, Message)
    case directMessage(Message)
    /// The presence that asked for another nick.
    case nickChange(Presence, RoomAddress)
    /// A nick chosen on the way into a room; the join tells about failures.
    case initialNick
    case topic(Message)
    /// A request to be answered.
    case query(IQ)
}
