import GatewayKit
import XMPP

extension Room {
    /// The MUC role that shows an occupant. In a moderated room, an occupant without a rank may not speak
    /// (XEP-0045 §5.1.1).
    func role(of occupant: Occupant) -> MUC.Role {
        if occupant.rank == .none, isModerated { return .visitor }
        return occupant.rank.role
    }

    /// Whether only occupants with a rank may speak. False if that is not known.
    var isModerated: Bool { properties?.contains(.moderated) ?? false }

    /// The rank of the user in the room.
    var ownRank: Rank { occupants[nick]?.rank ?? .none }
}

extension Rank {
    /// The MUC role that shows this rank in a room that is not moderated. Other gateways map ranks in the same way, and
    /// their users know it.
    var role: MUC.Role {
        switch self {
        case .owner, .operator, .assistant: .moderator
        case .voiced, .none: .participant
        }
    }

    /// The MUC affiliation that shows this rank.
    var affiliation: MUC.Affiliation {
        switch self {
        case .owner: .owner
        case .operator: .admin
        case .assistant, .voiced: .member
        case .none: .none
        }
    }
}
