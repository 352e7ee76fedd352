import DequeModule
import GatewayKit

/// Counts the pings (XEP-0199) to members of rooms that are under way. Their maximum is far below the number of pending
/// IQ requests that the stream allows. If the maximum is reached, a room that has members left to ping waits until
/// other pings have ended.
struct MemberPings {
    /// The maximum of pings under way.
    static let most = 2_000

    private var waiting: Deque<(user: UserID, room: RoomAddress)> = []
    private var underWay = 0
    /// Whether a timer will soon ping the members again whose ping could not be sent.
    var isRetryPlanned = false

    /// Whether no further ping may be sent now.
    var isFull: Bool { underWay >= Self.most }

    /// Counts a ping that is sent.
    mutating func sent() { underWay += 1 }

    /// Queues a room that has members left to ping.
    mutating func enqueue(_ user: UserID, _ room: RoomAddress) { waiting.append((user, room)) }

    /// Counts a ping that has ended, with or without an answer. Removes and returns the next room that waits; nil if
    /// none waits, or if too many pings are under way.
    mutating func ended() -> (user: UserID, room: RoomAddress)? {
        underWay = max(0, underWay - 1)
        return underWay < Self.most / 2 ? waiting.popFirst() : nil
    }
}
