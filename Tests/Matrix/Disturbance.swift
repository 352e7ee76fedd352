import ServerRig

/// A kind of restart.
enum Disturbance: String, CaseIterable, Sendable {
    case none = "nothing"
    case ngircd = "ngIRCd stopped"
    case inspircd = "InspIRCd killed"
    case homeStopped = "Prosody stopped"
    case homeKilled = "Prosody killed"

    /// The restarts of one round: both IRC servers, and the XMPP server, which in turns is stopped and killed.
    static func round(_ number: Int) -> [Disturbance] {
        [.ngircd, .inspircd, number.isMultiple(of: 2) ? .homeKilled : .homeStopped]
    }

    var network: Plan.Network? {
        switch self {
        case .ngircd: .ngircd
        case .inspircd: .inspircd
        case .none, .homeStopped, .homeKilled: nil
        }
    }

    var isOfHome: Bool { self == .homeStopped || self == .homeKilled }
}
