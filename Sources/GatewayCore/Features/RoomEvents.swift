import GatewayKit
import XMPP

/// What happens in rooms, told to the user's resources in them (XEP-0045 §7.2, §7.6, §7.14, §8.1, §8.2).
extension Switchboard {
    func joined(_ address: RoomAddress, _ joined: JoinedRoom, session: Session) {
        guard session.networks[address.network] != nil, session.leaving(address) == nil else { return }
        // A room we did not ask for: the network has put the user there.
        let isForced = session.rooms[address] == nil
        guard !isForced || session.rooms.count < settings.limits.roomsPerUser else { return count(.stanzasIgnored) }
        let room = session.rooms[address] ?? Room(address: address, nick: joined.nick)
        room.phase = .inside
        room.nick = joined.nick
        room.topic = joined.topic
        var occupants = [String: Occupant](minimumCapacity: joined.occupants.count)
        for occupant in joined.occupants { occupants[occupant.nick] = occupant }
        room.occupants = occupants
        session.rooms[address] = room
        session.networks[address.network]?.nick = joined.nick
        for member in room.members { welcome(member.jid, into: address, session: session) }
        if isForced { invite(to: address, session: session) }
    }

    /// Tells the user of a room they were put into: a mediated invitation (XEP-0045 §7.8.2).
    private func invite(to address: RoomAddress, session: Session) {
        guard let room = addresses.jid(.room(address)) else { return }
        let invite = MUCUser.Invite(from: room, reason: "The network has put you into this room.")
        let payload = MUCUser(invites: [invite]).element
        send(Message(StanzaHead(to: session.jid, from: room, id: world.newID()), type: .normal, payload: [payload]))
    }

    func occupantJoined(_ address: RoomAddress, _ occupant: Occupant, session: Session) {
        guard let room = session.rooms[address], room.phase == .inside else { return }
        guard occupant.nick != room.nick else { return occupantChanged(address, occupant, session: session) }
        room.occupants[occupant.nick] = occupant
        for member in inside(address, of: session) { sendPresence(of: occupant, to: member) }
    }

    func occupantChanged(_ address: RoomAddress, _ occupant: Occupant, session: Session) {
        guard let room = session.rooms[address], room.phase == .inside else { return }
        room.occupants[occupant.nick] = occupant
        let codes: [RoomStatus] = occupant.nick == room.nick ? [.selfPresence] : []
        for member in inside(address, of: session) { sendPresence(of: occupant, to: member, codes: codes) }
    }

    func occupantLeft(_ address: RoomAddress, nick: String, _ departure: Departure, session: Session) {
        guard let room = session.rooms[address], room.phase == .inside else { return }
        guard nick != room.nick else { return left(address, departure, session: session) }
        guard let occupant = session.rooms[address]?.occupants.removeValue(forKey: nick) else { return }
        for member in inside(address, of: session) {
            sendUnavailable(
                of: occupant, to: member, status: departure.status, item: departure.item(in: member.room),
                codes: departure.codes)
        }
    }

    func occupantRenamed(_ address: RoomAddress, from old: String, to after: Occupant, session: Session) {
        guard let room = session.rooms[address], let before = room.occupants[old] else { return }
        guard old != after.nick else { return occupantChanged(address, after, session: session) }
        let isSelf = room.nick == old
        // Nobody else can go by our name: we have lost sight of them.
        guard isSelf || after.nick != room.nick else {
            return occupantLeft(address, nick: old, .quit(reason: nil), session: session)
        }
        room.occupants[old] = nil
        room.occupants[after.nick] = after
        if isSelf {
            room.nick = after.nick
            session.networks[address.network]?.nick = after.nick
        }
        for member in inside(address, of: session) {
            let item = MUC.Item(affiliation: before.rank.affiliation, role: before.rank.role, nick: after.nick)
            let own: [RoomStatus] = isSelf ? [.selfPresence] : []
            sendUnavailable(of: before, to: member, item: item, codes: [.nickChanged] + own)
            sendPresence(of: after, to: member, codes: own)
        }
    }

    /// The user is out of a room.
    func left(_ address: RoomAddress, _ departure: Departure, session: Session) {
        guard session.leaving(address) == nil, let room = session.rooms[address] else { return }
        let members = room.members.filter(\.isInside)
        for member in members {
            sendSelfUnavailable(
                to: member, nick: room.nick, status: departure.status, item: departure.item(in: member.room),
                codes: [.selfPresence] + departure.codes)
        }
        guard case .disconnected = departure else {
            // Whoever wanted to come back meanwhile is told that it may not.
            let words = departure.status ?? "The network does not let you in any more."
            return joinFailed(address, Failure(.forbidden, words), session: session)
        }
        // The adapter enters again when it can; the members are welcomed then.
        room.phase = .lost
        room.occupants = [:]
        for index in room.members.indices {
            room.members[index].isInside = false
            room.members[index].isWaiting = false
        }
    }

    func topicChanged(_ address: RoomAddress, _ topic: Topic, session: Session) {
        guard let room = session.rooms[address] else { return }
        room.topic = topic.text.isEmpty ? nil : topic
        let live = Topic(text: topic.text, author: topic.author)
        for member in inside(address, of: session) { sendSubject(live, to: member, id: world.newID()) }
    }

    /// The resources that have been welcomed.
    func inside(_ address: RoomAddress, of session: Session) -> [Room.Member] {
        session.rooms[address]?.members.filter(\.isInside) ?? []
    }
}

extension Departure {
    var status: String? {
        switch self {
        case .left(let reason), .quit(let reason): reason
        case .kicked: nil
        case .disconnected(let reason): reason
        }
    }

    /// Status codes beside 110 (XEP-0045 §15.6): 307 kicked, 332 service gone, 333 gone for a technical reason.
    var codes: [RoomStatus] {
        switch self {
        case .left, .quit: []
        case .kicked: [.kicked]
        case .disconnected: [.shutdown]
        }
    }

    /// The item of a kick names who did it and why (XEP-0045 §8.2).
    func item(in room: JID) -> MUC.Item? {
        guard case .kicked(let actor, let reason) = self else { return nil }
        return MUC.Item(
            affiliation: MUC.Affiliation.none, role: MUC.Role.none, actor: actor.map { MUC.Actor(nick: $0) },
            reason: reason)
    }
}
