import GatewayKit
import XML
import XMPP

/// Messages between a user and one person on the network.
extension Switchboard {
    /// A private message to someone in a room (XEP-0045 §7.5).
    func receivedOccupantMessage(_ message: Message, from: JID, room address: RoomAddress, nick: String) {
        guard message.type != .groupchat else {
            return refuse(
                message, StanzaError(.modify, .badRequest, "A groupchat message goes to the room, not to an occupant."))
        }
        guard let session = existingSession(of: from), let room = session.rooms[address], room.member(from) != nil
        else {
            return refuse(message, StanzaError(.modify, .notAcceptable, "You are not in this room. Join it first."))
        }
        guard let occupant = room.occupants[nick] else {
            return refuse(message, StanzaError(.cancel, .itemNotFound, "Nobody called \(nick) is in this room."))
        }
        receivedPeerMessage(message, from: from, peer: occupant.address)
    }

    func receivedPeerMessage(_ message: Message, from: JID, peer: PeerAddress) {
        guard message.type != .groupchat else {
            return refuse(message, StanzaError(.modify, .badRequest, "This is a person, not a room."))
        }
        // Receipts, chat states and other signs without text have no counterpart on the network.
        guard let body = message.body, !body.isEmpty else { return count(.stanzasIgnored) }
        let mayWrite =
            description.registration == .optional || registrations.isRegistered(UserID(from.bare.description))
        guard mayWrite else { return refuse(message, .registrationRequired) }
        guard let to = message.head.to else { return }
        let session = session(of: from)
        let network = registrations.network(of: session.user, for: peer, rules: rules)
        guard let account = openAnother(network, for: session, nick: nil) else {
            overLimit("networks", from)
            refuse(message, .tooManyNetworks(settings.limits.networksPerUser))
            return dropIfIdle(session)
        }
        session.remember(alias: to, of: peer)
        do throws(StanzaError) {
            let outbound = try outbound(body, to: .peer(peer), of: session, as: account)
            switch description.delivery {
            case .stored: store(message, body: body, from: from, peer: peer, session: session, network: network)
            case .live:
                count(.messagesOut)
                let action = Request.Action.send(.text(outbound), to: .peer(peer))
                perform(action, for: session, as: account, because: .directMessage(message))
            }
        } catch {
            refuse(message, error)
        }
    }

    func heard(_ message: InboundMessage, from peer: PeerAddress, session: Session) {
        guard let from = session.peerAliases[peer] ?? addresses.jid(.peer(peer)), let body = message.visibleBody else {
            return count(.stanzasIgnored)
        }
        count(.messagesIn)
        var payload: [Element] = [Message.body(body)]
        if from.resource == nil, let name = message.displayName { payload.append(Nickname(name.shownNick).element) }
        if from.resource != nil { payload.append(MUCUser().element) }
        if let sentAt = message.sentAt {
            payload.append(Delay(stamp: sentAt.secondsSince1970, from: settings.domain).element)
        }
        for to in recipients(of: from, session: session) {
            deliver(.direct(Message(StanzaHead(to: to, from: from, id: world.newID()), type: .chat, payload: payload)))
        }
    }

    /// A private message in a room goes to the resources that are there (XEP-0045 §7.5); any other to the bare
    /// JID, whose server knows best.
    private func recipients(of from: JID, session: Session) -> [JID] {
        guard from.resource != nil, case .success(.occupant(let room, _)) = readTarget(from) else {
            return [session.jid]
        }
        let members = inside(room, of: session).map(\.jid)
        return members.isEmpty ? [session.jid] : members
    }

    /// Words of the network itself.
    func heard(notice text: String, from network: NetworkID, session: Session) {
        guard let from = addresses.jid(.network(network)) else { return }
        let head = StanzaHead(to: session.jid, from: from, id: world.newID())
        deliver(.direct(Message(head, type: .headline, body: text)))
    }
}

extension Registrations {
    /// The network a message to a peer goes through: the one that the user's settings choose, or the peer's own.
    func network(of user: UserID, for peer: PeerAddress, rules: any NetworkRules) -> NetworkID {
        rules.network(for: saved(user, network: nil) ?? [:]) ?? peer.network
    }
}
