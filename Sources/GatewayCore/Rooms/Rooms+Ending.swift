import GatewayKit
import XMPP

/// Rooms that end with something larger: the network's session, the registration, the program.
extension Rooms {
    /// The adapter session is over: rooms of that network are gone with it.
    func networkEnded(_ account: AccountID, _ failure: Failure, _ user: User) {
        for room in rooms(of: user) where room.address.network == account.network {
            end(room, user, status: failure.text, codes: [.selfPresence, .shutdown], failure)
        }
    }

    func unregistered(_ user: User) {
        let failure = Failure(.registrationRequired, "You have unregistered.")
        for room in rooms(of: user) { end(room, user, status: "Unregistered", codes: [.selfPresence], failure) }
    }

    /// Tells those inside that they are out, and those who wait for entry that they do not get in.
    private func end(_ room: Room, _ user: User, status: String, codes: [RoomStatus], _ failure: Failure) {
        sayGoodbye(in: room, status: status, codes: codes)
        joinFailed(room.address, failure, user)
    }

    private func sayGoodbye(in room: Room, status: String, codes: [RoomStatus]) {
        for member in room.members where member.isInside {
            sendSelfUnavailable(to: member, nick: room.nick, status: status, codes: codes)
        }
        room.members.removeAll(where: \.isInside)
    }

    /// The gateway shuts down.
    func stop(reason: String) {
        let failure = Failure(.remoteDown, "The gateway is going away: \(reason).")
        for user in kernel.users.loaded {
            for room in rooms(of: user) {
                let isEntering = room.phase == .entering
                sayGoodbye(in: room, status: reason, codes: [.selfPresence, .shutdown])
                // A join under way is failed by the network's session when it is closed; nobody else would tell these.
                if !isEntering { joinFailed(room.address, failure, user) }
            }
        }
    }
}
