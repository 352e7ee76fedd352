import GatewayKit
import XMPP

/// What an address of the gateway stands for.
enum Target: Equatable {
    case gateway
    case network(NetworkID)
    case room(RoomAddress)
    /// An occupant of a room, or the place a user wants there.
    case occupant(RoomAddress, nick: String)
    case peer(PeerAddress)
}

/// The kinds of `Target`, for tables that say who answers what.
struct TargetKinds: OptionSet, Sendable {
    let rawValue: Int

    static let gateway = TargetKinds(rawValue: 1)
    static let network = TargetKinds(rawValue: 2)
    static let room = TargetKinds(rawValue: 4)
    static let occupant = TargetKinds(rawValue: 8)
    static let peer = TargetKinds(rawValue: 16)
    static let all: TargetKinds = [.gateway, .network, .room, .occupant, .peer]

    /// How many kinds there are.
    static let count = 5
    /// The place of a single kind in a table of them all.
    var index: Int { rawValue.trailingZeroBitCount }
    /// The single kinds in this set.
    var each: [TargetKinds] {
        (0..<Self.count).map { TargetKinds(rawValue: 1 << $0) }.filter { contains($0) }
    }
}

extension Target {
    var kind: TargetKinds {
        switch self {
        case .gateway: .gateway
        case .network: .network
        case .room: .room
        case .occupant: .occupant
        case .peer: .peer
        }
    }

    /// The network this is on; nil for the gateway itself.
    var network: NetworkID? {
        switch self {
        case .gateway: nil
        case .network(let network): network
        case .room(let room), .occupant(let room, _): room.network
        case .peer(let peer): peer.network
        }
    }
}
