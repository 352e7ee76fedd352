import GatewayKit
import Logging
import Registry
import XML
import XMPP

/// Sends the items of the outbox, and confirms them by fences.
extension HomeStream {
    /// Keeps a room message until a fence confirms it. Call it after the message was sent to the room's members.
    func keepUntilConfirmed(_ message: consuming RoomMessage, in room: RoomAddress, of user: UserID) {
        guardSent(.roomMessage(user, room, message))
        planFence()
    }

    /// Gives a note back to its feature when a fence has shown whether the home server has the stanzas that were sent
    /// until now (`NoteRoutes.fenced`).
    func fence(_ note: NoteSlip) {
        outbox.add(note)
        planFence()
    }

    /// Sends a fence in one second. Items that are sent until then share the fence. If `HomeOutbox.mostLiveOfUser` live
    /// messages have no fence yet, it also sends a fence at once.
    func planFence() {
        // If all these messages are for one user, the oldest could be dropped within the second.
        if outbox.unfenced.live >= HomeOutbox.mostLiveOfUser { fenceIfNeeded() }
        guard !outbox.isFencePlanned else { return }
        outbox.isFencePlanned = true
        kernel.startTimer(Self.fenceTimer, after: .seconds(1))
    }

    /// Sends a fence now if the stream is open, unless a fence is under way or nothing needs one.
    func fenceIfNeeded() {
        if kernel.isLinkOpen, let batch = outbox.nextFence() { kernel.order(.fence(batch: batch)) }
    }

    /// The timer of `planFence` has ended.
    func fenceDue() {
        outbox.isFencePlanned = false
        fenceIfNeeded()
    }

    /// Sends an item, and keeps it until a fence confirms it.
    ///
    /// - Parameter isDelayed: whether the item had to wait. A message from a stored address then gets a delay stamp
    ///   (XEP-0203).
    func send(_ item: HomeOutbox.Item, isDelayed: Bool) {
        switch item {
        case .stored(let entry):
            guard let message = message(of: entry, isDelayed: isDelayed) else {
                kernel.log(
                    .error, "a stored message is deleted, because its sender or its recipient is no valid JID",
                    ["id": "\(entry.id)"])
                return kernel.commit(.finishInbound(ids: [entry.id]))
            }
            send(message)
        case .report(_, let message): send(message)
        case .direct(let message): send(message)
        case .refused(let stanza): return kernel.order(.send(stanza))
        case .roomMessage: break
        }
        guardSent(item)
    }

    /// Handles the answer to a fence: confirms the items that were sent before it, and sends the next waiting items.
    ///
    /// - Parameter taken: false if the fence was lost with the stream. `keepUnconfirmed` then handles the items.
    func fenced(batch: Int, taken: Bool) {
        guard taken else { return }
        forgetUnguarded(before: batch)
        let proven = outbox.fenced(batch)
        // The subscribers update the registry. It does not hold live messages.
        if proven.count > proven.live { for subscriber in confirmedSubscribers { subscriber(proven.items) } }
        giveBack(proven.notes, isProven: true)
        if outbox.isResendPlanned { fenceIfNeeded() } else { sendUnsent() }
    }

    private func giveBack(_ notes: [NoteSlip], isProven: Bool) {
        for slip in notes { kernel.routes.notes[slip.feature]?.fenced(slip.note, isProven) }
    }

    /// Treats all unconfirmed items as lost. Rooms get their messages back; all other items wait in the outbox.
    func keepUnconfirmed() {
        reportUnguarded()
        var kept: [HomeOutbox.Item] = []
        let lost = outbox.linkBroke()
        giveBack(lost.notes, isProven: false)
        for item in lost.items {
            if case .roomMessage(let user, let room, let message) = item {
                keepLostRoomMessage(user, room, message)
            } else {
                kept.append(stamped(item))
            }
        }
        report(outbox.putBack(kept))
    }

    /// Sends waiting items with their ids unchanged, until `HomeOutbox.mostUnconfirmed` items are unconfirmed. Each
    /// answered fence calls it again for the next items.
    func sendUnsent() {
        while kernel.isLinkOpen, !outbox.unsent.isEmpty, outbox.unconfirmed < HomeOutbox.mostUnconfirmed {
            let space = HomeOutbox.mostUnconfirmed - outbox.unconfirmed
            for item in outbox.takeUnsent(atMost: space) { send(item, isDelayed: true) }
        }
        if outbox.unsent.isEmpty { for subscriber in drainedSubscribers { subscriber() } }
        fenceIfNeeded()
    }

    /// Adds the present time to a `direct` message as its delay stamp (XEP-0203), unless the message has a stamp or is
    /// an error. Call it when the item begins to wait. Other items are returned unchanged.
    func stamped(_ item: HomeOutbox.Item) -> HomeOutbox.Item {
        guard case .direct(var message) = item, message.type != .error,
            message.first("delay", namespace: Delay.namespace) == nil
        else { return item }
        let stamp = kernel.world.now().secondsSince1970
        message.payload.append(Delay(stamp: stamp, from: kernel.settings.domain).element)
        return .direct(message)
    }

    /// The elements that say what a message from a stored address says.
    private static func content(of entry: InboundEntry) -> [Element] {
        if let file = entry.file { return file.elements }
        guard let reaction = entry.reaction else { return [Message.body(entry.text)] }
        // Archives keep a message without a body only with this hint (XEP-0334, XEP-0444 §4).
        let emoji = reaction.emoji.map { [$0] } ?? []
        return [MessageReactions(id: reaction.id, emoji: emoji).element, ProcessingHint.store.element]
    }

    /// The stanza for a message from a stored address; nil if the sender or the recipient is no valid JID.
    private func message(of entry: InboundEntry, isDelayed: Bool) -> Message? {
        guard let to = try? JID(entry.account.user.rawValue),
            let from = kernel.addresses.jid(localpart: entry.localpart)
        else { return nil }
        let content = Self.content(of: entry)
        var message = Message(StanzaHead(to: to, from: from, id: entry.id), type: .chat, payload: content)
        if let name = kernel.title(of: entry.localpart, displayName: entry.displayName) {
            message.payload.append(Nickname(name).element)
        }
        if isDelayed || kernel.isPast(entry.receivedAt) {
            let stamp = entry.receivedAt.secondsSince1970
            message.payload.append(Delay(stamp: stamp, from: kernel.settings.domain).element)
        }
        return message
    }
}
