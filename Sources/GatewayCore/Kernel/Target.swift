import GatewayKit
import XMPP

/// The entity that a JID of the gateway stands for.
enum Target: Equatable {
    case gateway
    case network(NetworkID)
    case room(RoomAddress)
    /// An occupant of a room, or the nick with which a user wants to enter the room.
    case occupant(RoomAddress, nick: String)
    case peer(PeerAddress)
}

/// A set of kinds of `Target`, for the routes.
struct TargetKinds: OptionSet, Sendable {
    let rawValue: Int

    static let gateway = TargetKinds(rawValue: 1)
    static let network = TargetKinds(rawValue: 2)
    static let room = TargetKinds(rawValue: 4)
    static let occupant = TargetKinds(rawValue: 8)
    static let peer = TargetKinds(rawValue: 16)
    static let all: TargetKinds = [.gateway, .network, .room, .occupant, .peer]

    /// The number of all kinds.
    static let count = 5
    /// The index in a table with one entry for each kind. Only for a set of one kind.
    var index: Int { rawValue.trailingZeroBitCount }
    /// The name of a kind. Only for a set of one kind.
    var name: String { ["gateway", "network", "room", "occupant", "peer"][index] }
    /// The kinds in this set, each as a set of one kind.
    var each: [TargetKinds] {
        (0..<Self.count).map { TargetKinds(rawValue: 1 << $0) }.filter { contains($0) }
    }
}

extension Target {
    /// The kind of this target, as a set of one kind.
    var kind: TargetKinds {
        switch self {
        case .gateway: .gateway
        case .network: .network
        case .room: .room
        case .occupant: .occupant
        case .peer: .peer
        }
    }

    /// The network of this target; nil for the gateway itself.
    var network: NetworkID? {
        switch self {
        case .gateway: nil
        case .network(let network): network
        case .room(let room), .occupant(let room, _): room.network
        case .peer(let peer): peer.network
        }
    }
}
