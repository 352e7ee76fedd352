import GatewayKit
import XMPP

/// Takes users out of rooms when an adapter session, a registration, or the gateway itself ends.
extension Rooms {
    /// The adapter session of an account has ended, so the user is out of all rooms of its network.
    func networkEnded(_ account: AccountID, _ failure: Failure, _ user: User) {
        for room in rooms(of: user) where room.address.network == account.network {
            end(room, user, status: failure.text, codes: [.selfPresence, .technicalProblem], failure)
        }
    }

    /// The user has unregistered, so the user is out of all rooms.
    func unregistered(_ user: User) {
        let failure = Failure(.registrationRequired, "You have unregistered.")
        for room in rooms(of: user) { end(room, user, status: "Unregistered", codes: [.selfPresence], failure) }
        state(of: user).unregisteredAt = kernel.world.now()
    }

    /// How long a user who has unregistered cannot enter rooms. Some clients enter a room again at once when they are
    /// taken out of it. That would connect the user, who has just ended all connections.
    private static let pauseAfterUnregistering: Duration = .seconds(600)

    /// Whether a user must stay loaded because of the rooms that the user is in, has left, or may not enter now.
    func keeps(_ rooms: RoomsOfUser) -> Bool {
        !rooms.isEmpty || isPaused(rooms) || rooms.refusals.areNeeded(now: kernel.world.now())
    }

    /// Whether the user has unregistered in the last ten minutes (`pauseAfterUnregistering`).
    func isPaused(_ rooms: RoomsOfUser) -> Bool {
        guard let moment = rooms.unregisteredAt else { return false }
        return kernel.world.now() < moment.advanced(by: Self.pauseAfterUnregistering)
    }

    /// Checks that a user has not unregistered in the last ten minutes.
    ///
    /// - Throws: the refusal for the user.
    func checkStillWanted(_ user: User) throws(StanzaError) {
        guard let rooms = states[user], isPaused(rooms) else { return }
        let words =
            "You have unregistered from \(kernel.settings.domain). Register again to enter rooms now, or enter this one"
            + " in ten minutes."
        throw StanzaError(.registrationRequired, words)
    }

    /// Tells the members inside that they are out, and the members that wait for entry that it has failed.
    private func end(_ room: Room, _ user: User, status: String, codes: [RoomStatus], _ failure: Failure) {
        sayGoodbye(in: room, user, status: status, codes: codes)
        joinFailed(room.address, failure, user)
    }

    /// Tells the members inside that they are out.
    func sayGoodbye(in room: Room, _ user: User, status: String, codes: [RoomStatus]) {
        for member in room.members where member.isInside || member.staleNick != nil {
            let nick = member.staleNick ?? seenNick(of: room, by: member)
            let presence = selfUnavailable(to: member, nick: nick, status: status, codes: codes)
            if let presence { sendLast(presence, of: room.address, user) }
        }
    }

    /// The gateway shuts down: all members are told.
    func stop(reason: String) {
        let failure = Failure(.remoteDown, "The gateway is shutting down. Join again in a moment.")
        for user in kernel.users.loaded {
            for room in rooms(of: user) {
                let isEntering = room.phase == .entering
                sayGoodbye(in: room, user, status: reason, codes: [.selfPresence, .shutdown])
                // A join under way fails when the adapter session is closed, and the failure answers the waiting
                // members. In any other room, only this call answers them.
                if !isEntering { joinFailed(room.address, failure, user) }
            }
        }
    }
}
