import ServerRig

/// A kind of restart, or of a cut of the network between Martlet and an IRC server.
enum Disturbance: String, CaseIterable, Sendable {
    case none = "nothing"
    case ngircd = "ngIRCd stopped"
    case inspircd = "InspIRCd killed"
    case homeStopped = "Prosody stopped"
    case homeKilled = "Prosody killed"
    case ngircdCut = "ngIRCd cut off"
    case inspircdCut = "InspIRCd cut off"
    case ngircdSilent = "ngIRCd silent, then cut off"
    case inspircdSilent = "InspIRCd silent, then cut off"
    case ngircdAway = "ngIRCd out of reach for long"
    case inspircdAway = "InspIRCd out of reach for long"

    /// The way in which a connection to an IRC server ends, while the server runs on.
    enum Cut: Sendable {
        /// The connections are reset. New ones are possible at once.
        case short
        /// For some messages nothing comes from the server. Then the connections are reset.
        case silent
        /// The connections are reset, and new ones as well, until the clients have been told that they are out.
        case long
    }

    /// The disturbances of one round: restarts of both IRC servers and of the XMPP server, which in turns is stopped
    /// and killed, and cuts of the network.
    static func round(_ number: Int) -> [Disturbance] {
        let isEven = number.isMultiple(of: 2)
        return [
            .ngircd, .inspircd, isEven ? .homeKilled : .homeStopped, .ngircdCut, .inspircdCut, .ngircdSilent,
            .inspircdSilent, isEven ? .inspircdAway : .ngircdAway,
        ]
    }

    var network: Plan.Network? {
        switch self {
        case .ngircd, .ngircdCut, .ngircdSilent, .ngircdAway: .ngircd
        case .inspircd, .inspircdCut, .inspircdSilent, .inspircdAway: .inspircd
        case .none, .homeStopped, .homeKilled: nil
        }
    }

    var cut: Cut? {
        switch self {
        case .ngircdCut, .inspircdCut: .short
        case .ngircdSilent, .inspircdSilent: .silent
        case .ngircdAway, .inspircdAway: .long
        case .none, .ngircd, .inspircd, .homeStopped, .homeKilled: nil
        }
    }

    var isOfHome: Bool { self == .homeStopped || self == .homeKilled }
}
