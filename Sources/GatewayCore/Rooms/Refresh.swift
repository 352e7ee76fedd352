import GatewayKit

/// The list of occupants that the network has reported at an entry or after a break. The room takes them over in slices,
/// because a list can have a hundred thousand occupants. Events of the room wait until all are taken over.
struct Refresh {
    /// The number of occupants that one slice looks at.
    static let slice = 1_000

    /// The occupants as the network has reported them. Their nicks are not shown nicks.
    private let reported: [Occupant]
    /// Whether the network reports the room once more, so that some of its occupants may be gone.
    let isReturn: Bool
    /// Whether the members must be told that the network is back.
    let saysReturn: Bool
    private var next = 0
    /// The shown nicks of the occupants that were taken over after a break.
    private var present: Set<String> = []
    /// The nicks to look at after the last reported occupant. Nil before that.
    private var old: [String]?

    /// The next thing to do.
    enum Step {
        /// The room takes over this occupant, whose nick is the shown nick.
        case take(Occupant)
        /// The occupant with this nick is gone.
        case remove(String)
        /// There is nothing to do for the next occupant.
        case skip
        case end
    }

    init(of reported: [Occupant], isReturn: Bool, saysReturn: Bool = false) {
        self.reported = reported
        self.isReturn = isReturn
        self.saysReturn = saysReturn
        if isReturn { present.reserveCapacity(reported.count) }
    }

    /// Returns the next step. Until the last step, only these steps may change the occupants of the room.
    mutating func step(in room: Room) -> Step {
        guard next == reported.endIndex else {
            let occupant = reported[next].shown
            next += 1
            if isReturn { present.insert(occupant.nick) }
            return .take(occupant)
        }
        if old == nil {
            old = isReturn && room.occupants.count > present.count ? Array(room.occupants.keys) : []
        }
        guard let nick = old?.popLast() else { return .end }
        return present.contains(nick) ? .skip : .remove(nick)
    }
}
