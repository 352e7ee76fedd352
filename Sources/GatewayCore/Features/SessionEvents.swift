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
        case .delivered(let id): settle(id, .delivered, receipt: receipt, by: account)
        case .accepted(let id, let foreignID): record(.accepted(as: foreignID), of: id, by: account)
        case .failed(let id, let failure): settle(id, .failed(failure), receipt: receipt, by: account)
        default: return false
        }
        return true
    }

    func received(live event: Event, of account: AccountID, session: Session) {
        if deferIfShowing(event, of: session) { return }
        switch event {
        case .accepted(let id, _): succeeded(id, session: session)
        case .failed(let id, let failure): failed(id, failure, session: session)
        case .delivered: break
        case .message(let message): heard(message, session: session)
        case .joined(let room, let joined): self.joined(room, joined.shown, session: session)
        case .left(let room, let departure): left(room, departure.shown, session: session)
        case .occupantJoined(let room, let occupant): occupantJoined(room, occupant.shown, session: session)
        case .occupantLeft(let room, let nick, let departure):
            occupantLeft(room, nick: nick.shownNick, departure.shown, session: session)
        case .occupantRenamed(let room, let from, let to):
            occupantRenamed(room, from: from.shownNick, to: to.shown, session: session)
        case .occupantChanged(let room, let occupant): occupantChanged(room, occupant.shown, session: session)
        case .topicChanged(let room, let topic): topicChanged(room, topic.shown, session: session)
        case .notice(let network, let text): heard(notice: text, from: network, session: session)
        case .state(let state): changed(state, of: account, session: session)
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

    private func changed(_ state: SessionState, of account: AccountID, session: Session) {
        switch state {
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
