import GatewayKit
import Logging
import Registry
import XMPP

/// Sending to the home server so that nothing is lost when the stream breaks, and taking up what was.
extension Switchboard {
    /// Sends a message now, or when the stream is open again; `item` is what to keep of it until it has arrived.
    func deliver(_ item: HomeOutbox.Item) {
        // What waits goes first.
        guard isLinkOpen, outbox.unsent.isEmpty else { return outbox.hold(item) }
        send(item, isLate: false)
        confirm(item)
    }

    /// Messages that are on disk are confirmed at once, those of live networks once a second.
    private func confirm(_ item: HomeOutbox.Item) {
        switch item {
        case .stored, .report: fenceIfNeeded()
        case .direct, .said: planFence()
        case .late: break
        }
    }

    /// Makes sure that a fence follows soon.
    func planFence() {
        guard !outbox.isFencePlanned else { return }
        outbox.isFencePlanned = true
        order(.timer(.fence, after: .seconds(1)))
    }

    func fenceIfNeeded() {
        if isLinkOpen, let batch = outbox.nextFence() { order(.fence(batch: batch)) }
    }

    func fenceDue() {
        outbox.isFencePlanned = false
        fenceIfNeeded()
    }

    private func send(_ item: HomeOutbox.Item, isLate: Bool) {
        switch item {
        case .stored(let entry):
            guard let message = message(of: entry, isLate: isLate) else {
                log(.error, "a stored message has no valid address any more", ["id": "\(entry.id)"])
                return commit(.finishInbound(ids: [entry.id]))
            }
            send(message)
        case .report(_, let message): send(message)
        case .direct(var message):
            if isLate, message.type != .error, message.first("delay", namespace: Delay.namespace) == nil {
                message.payload.append(Delay(stamp: world.now().secondsSince1970, from: settings.domain).element)
            }
            send(message)
        case .late(let stanza): return order(.send(stanza))
        case .said: break
        }
        outbox.sent(item)
    }

    /// A fence has come back, or has broken with the stream.
    func fenced(batch: Int, taken: Bool) {
        guard taken else { return }
        let proven = outbox.fenced(batch)
        let stored = proven.compactMap(\.entry?.id)
        let told = proven.compactMap { item -> RequestID? in if case .report(let id, _) = item { id } else { nil } }
        if !stored.isEmpty { commit(.finishInbound(ids: stored)) }
        if !told.isEmpty { commit(.told(told)) }
        if outbox.isResendPlanned { fenceIfNeeded() } else { sendUnsent() }
    }

    /// The stream is gone. What rooms have said waits in the rooms, everything else in the outbox.
    func keepUnconfirmed() {
        var kept: [HomeOutbox.Item] = []
        for item in outbox.linkBroke() {
            if case .said(let user, let address, let message) = item {
                sessions[user]?.rooms[address]?.miss(message, atMost: settings.limits.missedPerRoom)
            } else {
                kept.append(item)
            }
        }
        outbox.putBack(kept)
    }

    /// A stanza was refused in mid-stream, so an answered fence no longer covers everything before it: all unconfirmed
    /// messages count as lost. Chat and groupchat messages are in the outbox or a room already. Any other stanza is queued,
    /// because its recipient waits for it.
    func streamRefused(_ stanza: Stanza) {
        keepUnconfirmed()
        if !stanza.isKeptOtherwise { keep(stanza) }
        guard !outbox.isResendPlanned else { return }
        outbox.isResendPlanned = true
        log(.warning, "the XMPP server does not read; what it must have is sent again")
        order(.timer(.resend, after: .seconds(1)))
    }

    /// Keeps a stanza until the stream takes it.
    func keep(_ stanza: Stanza) {
        guard outbox.hasRoomForLate else { return count(.stanzasIgnored) }
        outbox.hold(.late(stanza))
    }

    func resend() {
        outbox.isResendPlanned = false
        guard isLinkOpen else { return }
        sendUnsent()
        planSlice()
        for session in sessions.values {
            for room in session.rooms.values where !room.missed.isEmpty && room.members.contains(where: \.isInside) {
                for member in room.members where member.isInside {
                    for message in room.missed { sendMissed(message, to: member) }
                }
                // What may be gone, and comes back, needs it once more.
                if !room.members.contains(where: \.isDoubtful) { missedWasSent(in: room, session: session) }
            }
        }
        planFence()
    }

    /// What a room has missed has been sent to everybody who was to have it. Without proof that it arrived it comes
    /// back.
    func missedWasSent(in room: Room, session: Session) {
        guard !room.missed.isEmpty else { return }
        for message in room.missed { outbox.sent(.said(session.user, room.address, message)) }
        room.missed = []
        planFence()
    }

    /// Sends what could not be sent, with the same ids and a delay stamp (XEP-0203). The next of it follows each proof.
    func sendUnsent() {
        while isLinkOpen, !outbox.unsent.isEmpty, outbox.unproven < HomeOutbox.mostUnproven {
            let room = HomeOutbox.mostUnproven - outbox.unproven
            for item in outbox.takeUnsent(atMost: room) { send(item, isLate: true) }
        }
        fenceIfNeeded()
    }

    /// The home server has returned a message: keep it until the user shows up.
    func keepBounced(id: String, of user: UserID) {
        guard let entry = outbox.takeBounced(id: id, of: user) else { return }
        ledger.bounced[entry.account.user, default: []].append(entry)
        fenceIfNeeded()
    }

    /// The user has shown up.
    func sendBounced(to user: UserID) {
        guard isLinkOpen, let entries = ledger.bounced.removeValue(forKey: user) else { return }
        for entry in entries { outbox.hold(.stored(entry)) }
        if !outbox.isResendPlanned { sendUnsent() }
    }

    private func message(of entry: InboundEntry, isLate: Bool) -> Message? {
        guard let to = try? JID(entry.account.user.rawValue), let from = addresses.jid(localpart: entry.localpart)
        else {
            return nil
        }
        var message = Message(StanzaHead(to: to, from: from, id: entry.id), type: .chat, body: entry.text)
        if let name = entry.displayName { message.payload.append(Nickname(name).element) }
        if isLate {
            message.payload.append(Delay(stamp: entry.receivedAt.secondsSince1970, from: settings.domain).element)
        }
        return message
    }
}

extension Stanza {
    /// Whether the outbox or a room still has this message and sends it again after a refusal.
    fileprivate var isKeptOtherwise: Bool {
        guard case .message(let message) = self else { return false }
        return message.type != .normal && (message.body != nil || message.type != .groupchat)
    }
}
