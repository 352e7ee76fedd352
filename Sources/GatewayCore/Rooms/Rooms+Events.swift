import GatewayKit
import XMPP

/// Handles the adapters' events of rooms, and shows them to the members (XEP-0045 §7.2, §7.6, §7.14, §8.1, §8.2).
extension Rooms {
    /// Handles an event of a room. It converts all nicks to shown nicks; those of a whole room are converted in slices.
    func handle(_ event: RoomEvent, in room: RoomAddress, _ user: User) {
        switch event {
        case .joined(let joined): self.joined(room, joined, user)
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
        case .propertiesChanged(let properties): propertiesChanged(room, properties, user)
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
        state.refusals.forget(address)
        let nick = joined.nick.shownNick
        let room = state.rooms[address] ?? newRoom(address, nick: nick, user)
        state.rooms[address] = room
        accounts.setNick(nick, of: user, on: address.network)
        if room.phase == .entering {
            if joined.propertiesFollow, !isForced { awaitProperties(of: room, user) }
            fill(room, joined, isForced, user)
        } else {
            comeBack(to: room, joined, user)
        }
        for member in room.members where !member.isInside { welcome(member.jid, into: room, user) }
        guard isForced else {
            // The clients may have left the room while it was lost.
            return room.members.isEmpty ? startGracePeriod(address, user) : ()
        }
        let invitation = Invitation(by: nil, reason: "The network has put you into this room.")
        for subscriber in kernel.routes.moments.invited { subscriber(user, invitation, address) }
    }

    /// Fills a room that the user has entered for the first time; a large one in slices.
    private func fill(_ room: Room, _ joined: JoinedRoom, _ isForced: Bool, _ user: User) {
        room.phase = .inside
        room.nick = joined.nick.shownNick
        room.topic = joined.topic?.shown
        room.occupants = Dictionary(minimumCapacity: joined.occupants.count)
        if let own = joined.own { room.occupants[own.nick] = own }
        room.updateShowsAddresses()
        room.owesAddresses = false
        room.isNew = !isForced && joined.occupants.count == 1 && room.ownRank >= .operator
        let refresh = Refresh(of: joined.occupants, isReturn: false)
        if kernel.isLinkOpen, joined.occupants.count > Refresh.slice { return start(refresh, of: room, user) }
        room.refresh = refresh
        finishRefresh(of: room)
    }

    /// Makes a room of a user.
    func newRoom(_ address: RoomAddress, nick: String, _ user: User) -> Room {
        let key = kernel.settings.occupantKey.key(ofRoom: kernel.rules.localpart(of: .room(address)))
        return Room(user.id, address: address, nick: nick, key: key)
    }

    private func occupantJoined(_ address: RoomAddress, _ occupant: Occupant, _ user: User) {
        guard let room = room(address, of: user), room.phase == .inside else { return }
        guard occupant.nick != room.nick else { return occupantChanged(address, occupant, user) }
        if room.occupants[occupant.nick] == nil {
            room.occupantIDs.enter(occupant.nick, account: occupant.details?.account)
        }
        set(occupant.nick, to: occupant, in: room)
        for member in room.members where member.seesChanges { sendPresence(of: occupant, to: member, in: room) }
    }

    private func occupantChanged(_ address: RoomAddress, _ occupant: Occupant, _ user: User) {
        guard let room = room(address, of: user), room.phase == .inside else { return }
        let before = room.occupants[occupant.nick]
        set(occupant.nick, to: occupant, in: room)
        room.occupantIDs.learn(occupant.details?.account, of: occupant.nick)
        if let before, occupant.looksLike(before) { return }
        let codes: [RoomStatus] = occupant.nick == room.nick ? [.selfPresence] : []
        for member in room.members where member.seesChanges {
            sendPresence(of: occupant, to: member, in: room, codes: codes)
        }
        showNewAddresses(in: room)
    }

    private func occupantLeft(_ address: RoomAddress, nick: String, _ departure: Departure, _ user: User) {
        guard let room = room(address, of: user), room.phase == .inside else { return }
        guard nick != room.nick else { return userLeft(address, departure, user) }
        guard let occupant = room.occupants[nick] else { return }
        let id = room.occupantIDs.id(of: nick)
        set(nick, to: nil, in: room)
        let isBanned = room.takeBan(of: nick, departure)
        for member in room.members where member.seesChanges {
            sendUnavailable(
                of: occupant, id: id, to: member, status: departure.status, item: departure.item(isBanned: isBanned),
                codes: isBanned ? [.banned] : departure.codes)
        }
    }

    private func occupantRenamed(_ address: RoomAddress, from old: String, to after: Occupant, _ user: User) {
        guard let room = room(address, of: user), let before = room.occupants[old] else { return }
        guard old != after.nick else { return occupantChanged(address, after, user) }
        let isSelf = room.nick == old
        let hasSeenAddresses = room.showsAddresses
        // No other occupant can have the user's nick, so the event cannot be right. The old occupant counts as gone.
        guard isSelf || after.nick != room.nick else {
            return occupantLeft(address, nick: old, .quit(reason: nil), user)
        }
        room.occupantIDs.rename(old, to: after.nick)
        set(old, to: nil, in: room)
        set(after.nick, to: after, in: room)
        var own: [RoomStatus] = []
        if isSelf {
            own.append(.selfPresence)
            // The network has changed the nick that the user asked for.
            if let asked = states[user]?.askedNicks[address.network], asked != after.nick { own.append(.nickModified) }
            setOwnNick(after.nick, in: room)
            accounts.setNick(after.nick, of: user, on: address.network)
            // The user had no rank while the nick changed.
            if hasSeenAddresses { room.owesAddresses = false }
        }
        for member in room.members where member.seesChanges {
            showRename(of: before, to: after, in: room, own: own, to: member)
        }
    }

    /// Handles the end of the user's stay in a room on the network.
    private func userLeft(_ address: RoomAddress, _ departure: Departure, _ user: User) {
        guard let state = states[user], !state.isLeaving(address), let room = state.rooms[address] else { return }
        if case .disconnected(let reason) = departure {
            // A room that is being entered gets the outcome of that request. A lost room is lost already.
            return room.phase == .inside ? lose(room, reason, user) : ()
        }
        // The adapter could not enter a lost room again.
        let codes: [RoomStatus] = room.phase == .lost ? [.technicalProblem] : departure.codes
        for member in room.members where member.isInside || member.staleNick != nil {
            let presence = selfUnavailable(
                to: member, nick: member.staleNick ?? seenNick(of: room, by: member), status: departure.status,
                item: departure.item(), codes: [.selfPresence] + codes)
            if let presence { sendLast(presence, of: room.address, user) }
        }
        // Members that wait for entry are told that it has failed.
        let words = departure.status ?? "The network has taken you out of this room."
        joinFailed(address, Failure(.forbidden, words), user)
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
        case .left(let reason), .quit(let reason), .cutOff(let reason): reason
        case .kicked, .banned: nil
        case .disconnected(let reason): reason
        }
    }

    /// The status codes of the unavailable presence, except 110 (XEP-0045 §15.6).
    fileprivate var codes: [RoomStatus] {
        switch self {
        case .left, .quit: []
        case .kicked: [.kicked]
        case .banned: [.banned]
        case .cutOff, .disconnected: [.technicalProblem]
        }
    }

    /// The item for a kick, with the nick of the kicker and the reason (XEP-0045 §8.2); nil for any other departure.
    ///
    /// - Parameter isBanned: whether the occupant was banned before (§9.1).
    fileprivate func item(isBanned: Bool = false) -> MUC.Item? {
        let (actor, reason, isBan): (String?, String?, Bool)
        switch self {
        case .kicked(let kicker, let words): (actor, reason, isBan) = (kicker, words, isBanned)
        case .banned(let kicker, let words): (actor, reason, isBan) = (kicker, words, true)
        default: return nil
        }
        return MUC.Item(
            affiliation: isBan ? .outcast : MUC.Affiliation.none, role: MUC.Role.none,
            actor: actor.map { MUC.Actor(nick: $0) }, reason: reason)
    }
}

extension Room {
    /// Whether the departure of an occupant is the kick that follows a ban by the user (XEP-0045 §9.1).
    fileprivate func takeBan(of nick: String, _ departure: Departure) -> Bool {
        guard !pendingBans.isEmpty, pendingBans.removeValue(forKey: nick) != nil else { return false }
        return switch departure {
        case .kicked(let actor, _), .banned(let actor, _): actor == self.nick
        default: false
        }
    }
}
