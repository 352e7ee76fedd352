import GatewayKit
import XMPP

/// Handles the adapters' events of rooms, and shows them to the members (XEP-0045 §7.2, §7.6, §7.14, §8.1, §8.2).
extension Rooms {
    /// Handles an event of a room. It converts all nicks to shown nicks.
    func handle(_ event: RoomEvent, in room: RoomAddress, _ user: User) {
        switch event {
        case .joined(let joined): self.joined(room, joined.shown, user)
        case .left(let departure):
            accounts.forgetCapabilities(of: room, user)
            userLeft(room, departure.shown, user)
        case .occupantJoined(let occupant): occupantJoined(room, occupant.shown, user)
        case .occupantLeft(let nick, let departure): occupantLeft(room, nick: nick.shownNick, departure.shown, user)
        case .occupantRenamed(let from, let to): occupantRenamed(room, from: from.shownNick, to: to.shown, user)
        case .occupantChanged(let occupant): occupantChanged(room, occupant.shown, user)
        case .topicChanged(let topic): topicChanged(room, topic.shown, user)
        case .invited(let invitation):
            for subscriber in kernel.routes.moments.invited { subscriber(user, invitation, room) }
        }
    }

    private func joined(_ address: RoomAddress, _ joined: JoinedRoom, _ user: User) {
        let state = state(of: user)
        guard accounts.isOpen(user, on: address.network), !state.isLeaving(address) else { return }
        // The user has not asked to enter the room: the network has put the user there.
        let isForced = state.rooms[address] == nil
        guard !isForced || state.rooms.count < kernel.settings.limits.roomsPerUser else {
            return kernel.count(.stanzasIgnored)
        }
        let room = state.rooms[address] ?? Room(address: address, nick: joined.nick)
        // Members that were inside when the stream broke are welcomed once more.
        if room.phase == .inside, !kernel.isLinkOpen { dropMembers(of: room) }
        room.phase = .inside
        room.nick = joined.nick
        room.topic = joined.topic
        var occupants = [String: Occupant](minimumCapacity: joined.occupants.count)
        for occupant in joined.occupants { occupants[occupant.nick] = occupant }
        room.occupants = occupants
        state.rooms[address] = room
        accounts.setNick(joined.nick, of: user, on: address.network)
        for member in room.members { welcome(member.jid, into: room, user) }
        guard isForced else { return }
        let invitation = Invitation(by: nil, reason: "The network has put you into this room.")
        for subscriber in kernel.routes.moments.invited { subscriber(user, invitation, address) }
    }

    private func occupantJoined(_ address: RoomAddress, _ occupant: Occupant, _ user: User) {
        guard let room = room(address, of: user), room.phase == .inside else { return }
        guard occupant.nick != room.nick else { return occupantChanged(address, occupant, user) }
        set(occupant.nick, to: occupant, in: room)
        for member in room.members where member.seesChanges { sendPresence(of: occupant, to: member) }
    }

    private func occupantChanged(_ address: RoomAddress, _ occupant: Occupant, _ user: User) {
        guard let room = room(address, of: user), room.phase == .inside else { return }
        set(occupant.nick, to: occupant, in: room)
        let codes: [RoomStatus] = occupant.nick == room.nick ? [.selfPresence] : []
        for member in room.members where member.seesChanges { sendPresence(of: occupant, to: member, codes: codes) }
    }

    private func occupantLeft(_ address: RoomAddress, nick: String, _ departure: Departure, _ user: User) {
        guard let room = room(address, of: user), room.phase == .inside else { return }
        guard nick != room.nick else { return userLeft(address, departure, user) }
        guard let occupant = room.occupants[nick] else { return }
        set(nick, to: nil, in: room)
        for member in room.members where member.seesChanges {
            sendUnavailable(
                of: occupant, to: member, status: departure.status, item: departure.item,
                codes: departure.codes)
        }
    }

    private func occupantRenamed(_ address: RoomAddress, from old: String, to after: Occupant, _ user: User) {
        guard let room = room(address, of: user), let before = room.occupants[old] else { return }
        guard old != after.nick else { return occupantChanged(address, after, user) }
        let isSelf = room.nick == old
        // No other occupant can have the user's nick, so the event cannot be right. The old occupant counts as gone.
        guard isSelf || after.nick != room.nick else {
            return occupantLeft(address, nick: old, .quit(reason: nil), user)
        }
        set(old, to: nil, in: room)
        set(after.nick, to: after, in: room)
        if isSelf {
            setOwnNick(after.nick, in: room)
            accounts.setNick(after.nick, of: user, on: address.network)
        }
        for member in room.members where member.seesChanges {
            let item = MUC.Item(affiliation: before.rank.affiliation, role: before.rank.role, nick: after.nick)
            let own: [RoomStatus] = isSelf ? [.selfPresence] : []
            sendUnavailable(of: before, to: member, item: item, codes: [.nickChanged] + own)
            sendPresence(of: after, to: member, codes: own)
        }
    }

    /// Handles the end of the user's stay in a room on the network.
    private func userLeft(_ address: RoomAddress, _ departure: Departure, _ user: User) {
        guard let state = states[user], !state.isLeaving(address), let room = state.rooms[address] else { return }
        tellEnd(of: room, departure, user)
        guard case .disconnected = departure else {
            // Members that wait for entry are told that it has failed.
            let words = departure.status ?? "The network has taken you out of this room."
            return joinFailed(address, Failure(.forbidden, words), user)
        }
        // The adapter enters the room again when it can. The members are welcomed then.
        dropMembers(of: room)
        room.phase = .lost
        room.occupants = [:]
    }

    /// Tells the members that they are out of the room. If the network link is lost while the stream is closed, they
    /// are told when the stream opens.
    private func tellEnd(of room: Room, _ departure: Departure, _ user: User) {
        let isFinal = if case .disconnected = departure { false } else { true }
        guard isFinal || kernel.isLinkOpen else { return }
        // Members of a lost room wait for the adapter to enter it again. The adapter has given up.
        let isGivenUp = isFinal && room.phase == .lost
        for member in room.members where member.isInside || member.staleNick != nil || isGivenUp && !member.isWaiting {
            let presence = selfUnavailable(
                to: member, nick: member.staleNick ?? seenNick(of: room, by: member), status: departure.status,
                item: departure.item, codes: [.selfPresence] + departure.codes)
            if let presence { sendLast(presence, of: room.address, user) }
        }
    }

    private func topicChanged(_ address: RoomAddress, _ topic: Topic, _ user: User) {
        guard let room = room(address, of: user) else { return }
        setTopic(topic.text.isEmpty ? nil : topic, in: room)
        let live = Topic(text: topic.text, author: topic.author)
        for member in room.members where member.seesChanges { sendSubject(live, to: member, id: kernel.world.newID()) }
    }
}

extension Departure {
    /// The text of the unavailable presence; nil for none. The reason of a kick is in `item`.
    fileprivate var status: String? {
        switch self {
        case .left(let reason), .quit(let reason): reason
        case .kicked: nil
        case .disconnected(let reason): reason
        }
    }

    /// The status codes of the unavailable presence, except 110 (XEP-0045 §15.6).
    fileprivate var codes: [RoomStatus] {
        switch self {
        case .left, .quit: []
        case .kicked: [.kicked]
        case .disconnected: [.shutdown]
        }
    }

    /// The item for a kick, with the nick of the kicker and the reason (XEP-0045 §8.2); nil for any other departure.
    fileprivate var item: MUC.Item? {
        guard case .kicked(let actor, let reason) = self else { return nil }
        return MUC.Item(
            affiliation: MUC.Affiliation.none, role: MUC.Role.none, actor: actor.map { MUC.Actor(nick: $0) },
            reason: reason)
    }
}
