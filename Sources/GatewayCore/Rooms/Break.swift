import GatewayKit

/// A break of the link between a room and its network.
struct Break {
    /// Counts the breaks of one room. A timer of an earlier break has no effect.
    let number: Int
    /// Why the link broke, in words.
    let reason: String
    /// Whether the members have been told of the break.
    var isTold = false
}

/// Names one break of one room. It is the subject of `Rooms.breakTimer`.
struct BreakOfRoom {
    let user: UserID
    let room: RoomAddress
    let number: Int
}

/// The changes in a room during a break, while the members are being shown them. A change keeps only the state before
/// the break: the present state is in `Room.occupants`, which does not change meanwhile.
struct Refresh {
    struct Change {
        let nick: String
        /// The occupant before the break; nil if there was none.
        let before: Occupant?
    }

    let changes: [Change]
    /// Whether the members must be told that the network is back.
    let saysReturn: Bool
    /// The index of the next change to show.
    var next = 0

    /// Whether all changes have been shown.
    var isFinished: Bool { next == changes.endIndex }
}
