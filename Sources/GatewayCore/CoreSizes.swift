/// What a gateway keeps in memory at one moment, for its metrics.
package struct CoreSizes: Sendable, Equatable {
    /// Users whose stored data are loaded.
    package let users: Int
    /// Rooms that users are in or enter. A room counts once for each of its users.
    package let rooms: Int
    /// Bytes of stanzas that wait until the registry has written earlier changes of their users.
    package let heldBytes: Int

    package init(users: Int, rooms: Int, heldBytes: Int) {
        self.users = users
        self.rooms = rooms
        self.heldBytes = heldBytes
    }
}

extension Core {
    /// The present sizes. The cost grows with the number of loaded users, so call it every few seconds, not for each
    /// message.
    package var sizes: CoreSizes {
        let users = kernel.users.loaded
        let rooms = users.reduce(0) { $0 + features.rooms.count(of: $1) }
        return CoreSizes(users: users.count, rooms: rooms, heldBytes: kernel.heldBytes)
    }
}
