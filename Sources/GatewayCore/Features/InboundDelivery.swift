import GatewayKit
import Logging
import Registry
import XMPP

/// The way in on networks of delivery `stored`: on disk, then acknowledged to the network, then sent to the user.
extension Switchboard {
    func record(_ message: InboundMessage, of account: AccountID, peer: PeerAddress, receipt: ReceiptToken?) {
        let key = message.id.map { "\(account.network)/\($0.rawValue)" } ?? world.newID()
        let entry = InboundEntry(
            id: world.newID(), gateway: settings.domain.domain, account: account,
            localpart: rules.localpart(of: .peer(peer)), displayName: message.displayName, text: message.words,
            deduplicationKey: key, receivedAt: message.sentAt ?? world.now())
        commit(.appendInbound(entry), .inbound(entry, receipt))
    }

    func recordedInbound(
        _ entry: InboundEntry, _ receipt: ReceiptToken?, _ result: Result<ChangeReply, RegistryError>
    ) {
        switch result {
        case .failure(let error):
            // The registry itself tells the operator, once.
            count(.notStored)
            log(.debug, "a message from the network cannot be stored; it must be offered again", ["reason": "\(error)"])
            if let receipt { order(.taken(receipt, .refused(.registryAway))) }
        case .success(.inserted(false)):
            count(.duplicatesIn)
            if let receipt { order(.taken(receipt, .stored)) }
        case .success:
            if let receipt { order(.taken(receipt, .stored)) }
            count(.messagesIn)
            meet(entry)
            deliver(.stored(entry))
        }
    }

    private func meet(_ entry: InboundEntry) {
        // Strangers write to a number as they like; beyond the limit only their names are forgotten.
        guard registrations.peer(entry.account.user, entry.localpart) != nil || hasRows(1, entry.account.user) else {
            return
        }
        let peer = PeerRecord(
            gateway: entry.gateway, user: entry.account.user, localpart: entry.localpart,
            displayName: entry.displayName, lastSeen: entry.receivedAt)
        if let new = registrations.met(peer) { commit(.savePeer(new)) }
    }
}

extension InboundMessage {
    /// The words of a text; empty for any other content.
    fileprivate var words: String { if case .text(let text) = content { text.body } else { "" } }
}
