import GatewayKit
import Logging
import Registry
import XMPP

/// The way in: on disk, then acknowledged to the network, then sent to the user.
extension Ledger {
    func load(_ user: User, _ person: PersonRecord) {
        guard !person.peers.isEmpty else { return }
        peers[user] = MetPeers(person.peers)
        user.rows += person.peers.count
    }

    /// The person at this localpart, as far as the user has met them.
    func peer(_ user: User, _ localpart: String) -> PeerRecord? { peers[user]?[localpart] }

    func record(_ message: InboundMessage, of account: AccountID, _ user: User, receipt: ReceiptToken?) {
        guard case .text(let text) = message.content, case .peer(let peer) = message.origin else {
            return refuse(message, receipt)
        }
        let key = message.id.map { "\(account.network)/\($0.rawValue)" } ?? kernel.world.newID()
        let entry = InboundEntry(
            id: kernel.world.newID(), gateway: kernel.gateway, account: account,
            localpart: kernel.rules.localpart(of: .peer(peer)), displayName: message.displayName, text: text.visible,
            deduplicationKey: key, foreignID: message.id, receivedAt: message.sentAt ?? kernel.world.now())
        kernel.commit(.appendInbound(entry), of: user, .inbound(entry, receipt))
    }

    /// The ledger keeps texts of people. Anything else of a stored address would be acknowledged and then lost.
    private func refuse(_ message: InboundMessage, _ receipt: ReceiptToken?) {
        kernel.count(.notStored)
        kernel.log(
            .error, "a message cannot be stored, because it is not a text of a person",
            ["content": "\(message.content.ability)"])
        let failure = Failure(.unsupported, "This gateway stores texts of single people only.")
        if let receipt { kernel.order(.taken(receipt, .refused(failure))) }
    }

    func recordedInbound(_ entry: InboundEntry, _ receipt: ReceiptToken?, _ result: Result<ChangeReply, RegistryError>)
    {
        switch result {
        case .failure(let error):
            // The registry itself tells the operator, once.
            kernel.count(.notStored)
            kernel.log(
                .debug, "a message from the network cannot be stored; it must be offered again",
                ["reason": "\(error)"])
            if let receipt { kernel.order(.taken(receipt, .refused(.registryAway))) }
        case .success(.inserted(false)):
            kernel.count(.duplicatesIn)
            if let receipt { kernel.order(.taken(receipt, .stored)) }
        case .success:
            if let receipt { kernel.order(.taken(receipt, .stored)) }
            kernel.count(.messagesIn)
            if let user = kernel.users[entry.account.user] { meet(entry, user) }
            home.deliver(.stored(entry))
        }
    }

    private func meet(_ entry: InboundEntry, _ user: User) {
        let isKnown = peer(user, entry.localpart) != nil
        // Strangers write to a number as they like; beyond the limit only their names are forgotten.
        guard isKnown || kernel.hasRows(1, user) else { return }
        let met = peers[user] ?? MetPeers([])
        peers[user] = met
        let peer = PeerRecord(
            gateway: entry.gateway, user: entry.account.user, localpart: entry.localpart,
            displayName: entry.displayName, lastSeen: entry.receivedAt)
        guard let new = met.met(peer) else { return }
        if !isKnown { user.rows += 1 }
        kernel.commit(.savePeer(new), of: user)
    }
}
