import GatewayKit
import Logging
import Registry
import XMPP

/// Fences, and everything that waits for the stream or for proof.
extension HomeStream {
    /// Keeps what has been said in a room until there is proof that it has arrived.
    func said(_ message: MissedMessage, in room: RoomAddress, of user: UserID) {
        outbox.sent(.said(user, room, message))
        planFence()
    }

    /// Makes sure that a fence follows soon.
    func planFence() {
        guard !outbox.isFencePlanned else { return }
        outbox.isFencePlanned = true
        kernel.order(.timer(.fence, after: .seconds(1)))
    }

    func fenceIfNeeded() {
        if kernel.isLinkOpen, let batch = outbox.nextFence() { kernel.order(.fence(batch: batch)) }
    }

    func fenceDue() {
        outbox.isFencePlanned = false
        fenceIfNeeded()
    }

    func send(_ item: HomeOutbox.Item, isLate: Bool) {
        switch item {
        case .stored(let entry):
            guard let message = message(of: entry, isLate: isLate) else {
                kernel.log(.error, "a stored message has no valid address any more", ["id": "\(entry.id)"])
                return kernel.commit(.finishInbound(ids: [entry.id]))
            }
            send(message)
        case .report(_, let message): send(message)
        case .direct(let message): send(message)
        case .late(let stanza): return kernel.order(.send(stanza))
        case .said: break
        }
        outbox.sent(item)
    }

    /// A fence has come back, or has broken with the stream.
    func fenced(batch: Int, taken: Bool) {
        guard taken else { return }
        let proven = outbox.fenced(batch)
        if !proven.isEmpty { for subscriber in provenSubscribers { subscriber(proven) } }
        if outbox.isResendPlanned { fenceIfNeeded() } else { sendUnsent() }
    }

    /// The stream is gone. What rooms have said goes back to the rooms, everything else waits in the outbox.
    func keepUnconfirmed() {
        var kept: [HomeOutbox.Item] = []
        for item in outbox.linkBroke() {
            if case .said(let user, let room, let message) = item {
                keepSaid(user, room, message)
            } else {
                kept.append(stamped(item))
            }
        }
        outbox.putBack(kept)
    }

    /// Sends what could not be sent, with the same ids and a delay stamp (XEP-0203). The next of it follows each proof.
    func sendUnsent() {
        while kernel.isLinkOpen, !outbox.unsent.isEmpty, outbox.unproven < HomeOutbox.mostUnproven {
            let room = HomeOutbox.mostUnproven - outbox.unproven
            for item in outbox.takeUnsent(atMost: room) { send(item, isLate: true) }
        }
        fenceIfNeeded()
    }

    /// The item with the present time as its delay stamp (XEP-0203), if it is a message of a live network. Whatever waits
    /// is stamped when it begins to wait.
    func stamped(_ item: HomeOutbox.Item) -> HomeOutbox.Item {
        guard case .direct(var message) = item, message.type != .error,
            message.first("delay", namespace: Delay.namespace) == nil
        else { return item }
        let stamp = kernel.world.now().secondsSince1970
        message.payload.append(Delay(stamp: stamp, from: kernel.settings.domain).element)
        return .direct(message)
    }

    private func message(of entry: InboundEntry, isLate: Bool) -> Message? {
        guard let to = try? JID(entry.account.user.rawValue),
            let from = kernel.addresses.jid(localpart: entry.localpart)
        else { return nil }
        var message = Message(StanzaHead(to: to, from: from, id: entry.id), type: .chat, body: entry.text)
        if let name = entry.displayName { message.payload.append(Nickname(name).element) }
        if isLate {
            let stamp = entry.receivedAt.secondsSince1970
            message.payload.append(Delay(stamp: stamp, from: kernel.settings.domain).element)
        }
        return message
    }
}
