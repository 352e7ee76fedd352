import GatewayKit
import Logging
import Registry
import XMPP

/// The way in on networks of delivery `stored`: on disk, then acknowledged to the network, then sent to the user
/// until the home server is known to have it.
extension Switchboard {
    func record(_ message: InboundMessage, of account: AccountID, peer: PeerAddress, receipt: ReceiptToken?) {
        let key = message.id.map { "\(account.network)/\($0.rawValue)" } ?? world.newID()
        let entry = InboundEntry(
            id: world.newID(), gateway: settings.domain.domain, account: account,
            localpart: rules.localpart(of: .peer(peer)), displayName: message.displayName, text: message.text,
            deduplicationKey: key, receivedAt: message.sentAt ?? world.now())
        commit(.appendInbound(entry), .inbound(entry, receipt))
    }

    func recordedInbound(
        _ entry: InboundEntry, _ receipt: ReceiptToken?, _ result: Result<ChangeReply, RegistryError>
    ) {
        switch result {
        case .failure(let error):
            log(.error, "a message from the network cannot be stored; it must be offered again", ["reason": "\(error)"])
            if let receipt { effects.append(.taken(receipt, .refused(.registryAway))) }
        case .success(.inserted(false)):
            count(.duplicatesIn)
            if let receipt { effects.append(.taken(receipt, .stored)) }
        case .success:
            if let receipt { effects.append(.taken(receipt, .stored)) }
            count(.messagesIn)
            deliver(entry)
        }
    }

    private func deliver(_ entry: InboundEntry) {
        guard isLinkOpen else { return ledger.unsent.append(entry) }
        sendInbound(entry, isLate: false)
        fenceIfNeeded()
    }

    private func sendInbound(_ entry: InboundEntry, isLate: Bool) {
        guard let to = try? JID(entry.account.user.rawValue), let from = addresses.jid(localpart: entry.localpart)
        else {
            log(.error, "a stored message has no valid address any more", ["id": "\(entry.id)"])
            return commit(.finishInbound(ids: [entry.id]))
        }
        var message = Message(StanzaHead(to: to, from: from, id: entry.id), type: .chat)
        message.payload.append(Message.body(entry.text))
        if let name = entry.displayName { message.payload.append(Nickname(name).element) }
        if isLate {
            message.payload.append(Delay(stamp: entry.receivedAt.secondsSince1970, from: settings.domain).element)
        }
        send(message)
        ledger.unfenced.append(entry)
    }

    func fenceIfNeeded() {
        if isLinkOpen, let batch = ledger.nextFence() { effects.append(.fence(batch: batch)) }
    }

    func fenced(batch: Int, taken: Bool) {
        guard batch == ledger.batch, !ledger.fencing.isEmpty else { return fenceIfNeeded() }
        if taken {
            commit(.finishInbound(ids: ledger.fencing.map(\.id)))
        } else {
            ledger.unsent = ledger.fencing + ledger.unsent
        }
        ledger.fencing = []
        fenceIfNeeded()
    }

    /// Sends what could not be sent, with the same ids and a delay stamp (XEP-0203).
    func sendUnsent() {
        let entries = ledger.unsent
        ledger.unsent = []
        for entry in entries { sendInbound(entry, isLate: true) }
        fenceIfNeeded()
    }

    /// The home server has returned a message: keep it until the user shows up.
    func keepBounced(id: String) {
        guard let entry = ledger.takeBounced(id: id) else { return }
        ledger.bounced[entry.account.user, default: []].append(entry)
        fenceIfNeeded()
    }

    /// The user has shown up.
    func sendBounced(to user: UserID) {
        guard isLinkOpen, let entries = ledger.bounced.removeValue(forKey: user) else { return }
        for entry in entries { sendInbound(entry, isLate: true) }
        fenceIfNeeded()
    }
}
