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
