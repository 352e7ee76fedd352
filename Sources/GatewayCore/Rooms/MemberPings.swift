import DequeModule
import GatewayKit

/// The pings to members of rooms that are under way. There are ever fewer than the stream keeps track of, so that none is
/// left out; rooms whose members have not all been asked wait for answers.
struct MemberPings {
    /// Pings under way at most.
    static let most = 2_000

    private var waiting: Deque<(user: UserID, room: RoomAddress)> = []
    private var underWay = 0
    /// Members that could not be asked are asked again soon by timer.
    var isRetryPlanned = false

    var isFull: Bool { underWay >= Self.most }

    mutating func asked() { underWay += 1 }

    /// The members of a room are asked on when others have answered.
    mutating func wait(_ user: UserID, _ room: RoomAddress) { waiting.append((user, room)) }

    /// A ping has its answer, or has had none in time. The next room that waits, if there is space for its pings.
    mutating func answered() -> (user: UserID, room: RoomAddress)? {
        underWay = max(0, underWay - 1)
        return underWay < Self.most / 2 ? waiting.popFirst() : nil
    }
}
