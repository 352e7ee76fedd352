import GatewayKit
import Registry
import XMPP

/// From an adapter's event to the feature that tells the user.
extension Switchboard {
    func received(_ event: Event, of account: AccountID, receipt: ReceiptToken?) {
        if description.delivery == .stored, writeDown(event, of: account, receipt: receipt) { return }
        if let receipt { order(.taken(receipt, .stored)) }
        guard let session = sessions[account.user] else { return }
        let before = orderedCount
        received(live: event, of: account, session: session)
        wrote(orderedCount - before, for: account, session: session)
        dropIfIdle(session)
    }

    /// Puts what happens to a message into the ledger, for networks of delivery `stored`. False for any other event.
    private func writeDown(_ event: Event, of account: AccountID, receipt: ReceiptToken?) -> Bool {
        switch event {
        case .message(let message):
            guard case .peer(let peer) = message.origin else { return false }
            record(message, of: account, peer: peer, receipt: receipt)
        case .outcome(let id, .delivered): settle(id, .delivered, receipt: receipt, by: account)
        case .outcome(let id, .accepted(as: let foreignID)): record(.accepted(as: foreignID), of: id, by: account)
        case .outcome(let id, .failed(let failure)): settle(id, .failed(failure), receipt: receipt, by: account)
        default: return false
        }
        return true
    }

    func received(live event: Event, of account: AccountID, session: Session) {
        if deferIfShowing(event, of: session) { return }
        switch event {
        case .outcome(let id, .accepted): succeeded(id, session: session)
        case .outcome(let id, .failed(let failure)): failed(id, failure, session: session)
        case .message(let message): heard(message, session: session)
        case .room(let room, let event): happened(event, in: room, session: session)
        case .state(let state): changed(state, of: account, session: session)
        case .outcome, .peer, .answer: break
        }
    }

    private func happened(_ event: RoomEvent, in room: RoomAddress, session: Session) {
        switch event {
        case .joined(let joined): self.joined(room, joined.shown, session: session)
        case .left(let departure): left(room, departure.shown, session: session)
        case .occupantJoined(let occupant): occupantJoined(room, occupant.shown, session: session)
        case .occupantLeft(let nick, let departure):
            occupantLeft(room, nick: nick.shownNick, departure.shown, session: session)
        case .occupantRenamed(let from, let to):
            occupantRenamed(room, from: from.shownNick, to: to.shown, session: session)
        case .occupantChanged(let occupant): occupantChanged(room, occupant.shown, session: session)
        case .topicChanged(let topic): topicChanged(room, topic.shown, session: session)
        }
    }

    private func heard(_ message: InboundMessage, session: Session) {
        switch message.origin {
        case .peer(let peer): heard(message, from: peer, session: session)
        case .room(let room, let nick): heard(message, in: room, nick: nick?.shownNick, session: session)
        }
    }

    /// A request has done what it was for.
    private func succeeded(_ id: RequestID, session: Session) {
        guard let pending = session.requests.take(id) else { return }
        switch pending {
        case .groupMessage(let room, let message): reflect(message, in: room, session: session)
        case .query(let iq): send(iq.result())
        case .leave(let room, let entry): hasLeft(room, then: entry, session: session)
        case .join, .directMessage, .nickChange, .initialNick, .topic: break
        }
    }

    private func failed(_ id: RequestID, _ failure: Failure, session: Session) {
        guard let pending = session.requests.take(id) else { return }
        switch pending {
        case .join(let room): if session.leaving(room) == nil { joinFailed(room, failure, session: session) }
        case .groupMessage(_, let message), .directMessage(let message), .topic(let message):
            count(.messagesFailed)
            refuse(message, StanzaError(failure))
        case .nickChange(let presence, _): refuse(presence, StanzaError(failure), echoing: [MUCJoin().element])
        case .query(let iq): send(iq.error(StanzaError(failure)))
        case .leave(let room, let entry): hasLeft(room, then: entry, session: session)
        case .initialNick: break
        }
    }

    private func changed(_ state: StateEvent, of account: AccountID, session: Session) {
        switch state {
        case .capabilities: return
        case .notice(let text): return heard(notice: text, from: account.network, session: session)
        case .connecting: session.networks[account.network]?.isOnline = false
        case .online(let nick):
            session.networks[account.network]?.isOnline = true
            session.networks[account.network]?.nick = nick.shownNick
        case .offline(let failure, let retrying):
            session.networks[account.network]?.isOnline = false
            if !retrying { networkEnded(account, failure, session: session) }
        }
        announcePeers(on: account.network, session: session)
    }

    /// The adapter session is over: rooms of that network are gone with it.
    private func networkEnded(_ account: AccountID, _ failure: Failure, session: Session) {
        session.networks[account.network] = nil
        order(.close(account, reason: ""))
        for (address, room) in session.rooms where address.network == account.network {
            let words = failure.text
            for member in room.members.filter(\.isInside) {
                sendSelfUnavailable(
                    to: member, nick: room.nick, status: words, codes: [.selfPresence, .shutdown])
            }
            room.members.removeAll(where: \.isInside)
            joinFailed(address, failure, session: session)
        }
    }
}
