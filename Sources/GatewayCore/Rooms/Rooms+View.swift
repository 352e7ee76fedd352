import GatewayKit
import XML
import XMPP

/// What a room's members are shown: the presence of occupants, the subject, what they have missed (XEP-0045 §7.2).
extension Rooms {
    /// What ends an entry, behind the presence of all others: oneself with 110, no history but what was missed, the
    /// subject (XEP-0045 §7.2.2, §7.2.3, §7.2.13, §7.2.15).
    func finishWelcome(of member: Room.Member, into room: Room, _ user: User) {
        let own = room.occupants[room.nick] ?? Occupant(nick: room.nick, rank: .none, address: selfAddress(room))
        var codes: [RoomStatus] = [.selfPresence]
        if member.wanted != room.nick { codes.append(.nickModified) }
        sendPresence(of: own, to: member, codes: codes)
        room.update(member.jid) {
            $0.isInside = true
            $0.isWaiting = false
            $0.wanted = room.nick
        }
        for message in room.missed { sendMissed(message, to: member) }
        if room.members.count == 1 { missedWasSent(in: room, of: user.id) }
        sendSubject(room.topic, to: member)
    }

    private func selfAddress(_ room: Room) -> PeerAddress {
        PeerAddress(network: room.address.network, name: room.nick)
    }

    func sendPresence(of occupant: Occupant, to member: Room.Member, codes: [RoomStatus] = []) {
        let isSelf = codes.contains(.selfPresence)
        guard let from = speaker(occupant.nick, in: member.room) else { return kernel.count(.stanzasIgnored) }
        let item = MUC.Item(
            affiliation: occupant.rank.affiliation, role: occupant.rank.role, jid: isSelf ? member.jid : nil)
        let head = StanzaHead(to: member.jid, from: from)
        home.send(Presence(head, payload: [MUCUser(items: [item], statuses: codes.map(\.rawValue)).element]))
    }

    /// Someone else is gone from the room.
    func sendUnavailable(
        of occupant: Occupant, to member: Room.Member, status: String? = nil, item: MUC.Item? = nil,
        codes: [RoomStatus] = []
    ) {
        guard let from = speaker(occupant.nick, in: member.room) else { return }
        let item = item ?? MUC.Item(affiliation: occupant.rank.affiliation, role: MUC.Role.none)
        let head = StanzaHead(to: member.jid, from: from)
        home.send(
            Presence(
                head, type: .unavailable, status: status,
                payload: [MUCUser(items: [item], statuses: codes.map(\.rawValue)).element]))
    }

    func sendSelfUnavailable(
        to member: Room.Member, nick: String, status: String?, item: MUC.Item? = nil, codes: [RoomStatus]
    ) {
        guard let from = speaker(nick, in: member.room) else { return }
        let item = item ?? MUC.Item(affiliation: MUC.Affiliation.none, role: MUC.Role.none, jid: member.jid)
        let head = StanzaHead(to: member.jid, from: from)
        home.send(
            Presence(
                head, type: .unavailable, status: status,
                payload: [MUCUser(items: [item], statuses: codes.map(\.rawValue)).element]))
    }

    /// The subject, empty if none is set: it ends the entry (XEP-0045 §7.2.15).
    func sendSubject(_ topic: Topic?, to member: Room.Member, id: String? = nil) {
        let author = topic?.author.flatMap { try? member.room.with(resource: $0) }
        let head = StanzaHead(to: member.jid, from: author ?? member.room, id: id)
        var payload = [Message.subject(topic?.text ?? "")]
        if let time = topic?.setAt {
            payload.append(Delay(stamp: time.secondsSince1970, from: member.room).element)
        }
        if let id { payload.append(StanzaID(id, by: member.room).element) }
        home.send(Message(head, type: .groupchat, payload: payload))
    }

    /// The address that a stanza of a room comes from: an occupant's, by the shown nick, or without a nick the room's own,
    /// from which nobody else may speak.
    func speaker(_ nick: String?, in room: JID) -> JID? {
        guard let nick else { return room }
        return try? room.with(resource: nick)
    }

    func sendMissed(_ missed: MissedMessage, to member: Room.Member) {
        guard let from = speaker(missed.nick, in: member.room) else { return }
        let head = StanzaHead(to: member.jid, from: from, id: missed.id)
        let id = StanzaID(missed.id, by: member.room)
        let delay = Delay(stamp: missed.at.secondsSince1970, from: member.room)
        home.send(Message(head, type: .groupchat, payload: [Message.body(missed.body), id.element, delay.element]))
    }
}

extension Rank {
    /// The table that users of gateways know: rank to MUC role and affiliation.
    var role: MUC.Role {
        switch self {
        case .owner, .operator, .assistant: .moderator
        case .voiced, .none: .participant
        }
    }

    var affiliation: MUC.Affiliation {
        switch self {
        case .owner: .owner
        case .operator: .admin
        case .assistant, .voiced: .member
        case .none: .none
        }
    }
}
