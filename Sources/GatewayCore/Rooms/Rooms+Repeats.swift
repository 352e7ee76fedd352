import GatewayKit
import XML
import XMPP

/// Messages to rooms that a client sends again, because it does not know whether they have arrived.
extension Rooms {
    /// Shows a client the message that it has sent again, if the network has accepted the message before. All others
    /// have it already. If the network has not answered yet, the reflection goes to all, also to this client.
    func messageRepeated(_ message: Message, _ user: User, _ target: Target) {
        guard case .room(let address) = target, message.type == .groupchat, let room = room(address, of: user),
            let client = message.head.from, let member = room.member(client), member.isInside,
            !accounts.isSaying(message.head.id, in: address, user), let from = speaker(room.nick, in: member.room)
        else { return }
        let head = StanzaHead(
            to: member.jid, from: from, id: message.head.id, stableID: kernel.world.newID(),
            occupantID: room.occupantIDs.id(of: room.nick))
        let payload = message.payload.filter { $0.namespace == Stanza.namespace || $0.name == "origin-id" }
        home.deliver(.direct(Message(head, type: .groupchat, payload: payload)))
    }
}
