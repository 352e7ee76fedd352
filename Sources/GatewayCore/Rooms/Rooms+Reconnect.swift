import GatewayKit
import XMPP

/// The command `reconnect`: connects a user to a network again.
extension Rooms {
    /// Ends a user's session on a network, opens another one, and enters the user's rooms there again. The clients stay
    /// in the rooms meanwhile, as in a break of the link. A room that needs a password must be entered by hand.
    func reconnect(_ user: User, to network: NetworkID) {
        let inside = rooms(of: user).filter { $0.address.network == network && $0.phase != .entering }
        for room in inside where room.phase == .inside { lose(room, "You have asked to connect again.", user) }
        let account = accounts.reopen(network, for: user)
        for room in inside {
            accounts.performUnchecked(
                .join(room.address, password: nil), of: user, as: account,
                then: .note(NoteSlip(Self.id, Pending.join(room.address))))
        }
    }
}
