import GatewayKit
import XMPP

/// Messages that users have sent to people with other clients of the network.
extension DirectMessages {
    /// Shows a message of the user to the user's clients. Only the user's own server can do that (XEP-0280): it gets the
    /// message in the user's name (XEP-0356), and brings it back as a repeat. Without the privilege the message is not
    /// shown: sent from the person's address, it would look like a message of the person.
    ///
    /// - Parameter person: the JID of the conversation.
    func showOwn(_ message: InboundMessage, _ text: Text, to person: JID, _ user: User) {
        guard privileges.grant(for: user.jid)?.writesMessages == true else { return kernel.count(.stanzasIgnored) }
        var payload = text.elements
        if let sentAt = message.sentAt {
            payload.append(Delay(stamp: sentAt.secondsSince1970, from: kernel.settings.domain).element)
        }
        let own = Message(
            StanzaHead(to: person, from: user.jid, id: kernel.world.newID()), type: .chat, payload: payload)
        // If a server brings it back with the full JID of a client, `Repeats` recognises it.
        repeats.expect(own, of: user)
        if !privileges.send(own, inNameOf: user.jid) { kernel.count(.stanzasIgnored) }
    }
}
