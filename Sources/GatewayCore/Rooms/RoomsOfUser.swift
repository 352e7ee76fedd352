import GatewayKit

/// The rooms of one user.
final class RoomsOfUser {
    var rooms: [RoomAddress: Room] = [:]
    /// Whether some room may have a welcome that takes several turns.
    var isWelcoming = false
    /// Rooms that the network has been asked to leave and has not answered about, with the wish to enter again that was
    /// made meanwhile. Until the answer comes, what the network says of the room is about the visit that ends.
    var leaving: [RoomAddress: Request.Action?] = [:]

    func isLeaving(_ room: RoomAddress) -> Bool { !leaving.isEmpty && leaving[room] != nil }
}
