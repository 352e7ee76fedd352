import DequeModule
import GatewayKit
import XMPP

/// Shows members the changes that came while the stream to the home server was closed.
///
/// When a member has answered a ping, it is shown the difference, in slices. The room keeps the changes until a
/// checkpoint proves that the home server has them.
extension Rooms {
    /// Whether changes of a room must be remembered.
    private func remembersChanges(of room: Room) -> Bool {
        (!kernel.isLinkOpen || room.unseen != nil) && room.phase == .inside && !room.members.isEmpty
    }

    /// Adds to the changes that members have not seen, if such changes must be remembered.
    func remember(in room: Room, _ change: (inout UnseenChanges) -> Void) {
        guard remembersChanges(of: room) else { return }
        var unseen = room.unseen.take() ?? UnseenChanges()
        change(&unseen)
        room.unseen = unseen
    }

    /// Sets the occupant of a nick; nil removes the occupant.
    func set(_ nick: String, to occupant: Occupant?, in room: Room) {
        let old =
            if let occupant {
                room.occupants.updateValue(occupant, forKey: nick)
            } else {
                room.occupants.removeValue(forKey: nick)
            }
        if occupant == nil { room.occupantIDs.forget(nick) }
        if nick == room.nick { room.updateShowsAddresses() }
        remember(in: room) { $0.add(nick, from: old, to: occupant) }
    }

    /// Sets the user's nick in a room.
    func setOwnNick(_ nick: String, in room: Room) {
        let old = room.nick
        room.nick = nick
        room.updateShowsAddresses()
        remember(in: room) { $0.addOwnNick(old) }
    }

    /// Sets the topic of a room.
    func setTopic(_ topic: Topic?, in room: Room) {
        room.topic = topic
        remember(in: room) { $0.isTopicChanged = true }
    }

    /// The user's nick as a member has been shown it.
    func seenNick(of room: Room, by member: Room.Member) -> String {
        let isOld = member.isBehind || !kernel.isLinkOpen
        return (isOld ? room.unseen?.ownNick : nil) ?? room.nick
    }

    /// Tells a member that it is out of the room, if it has not been told yet (`Member.staleNick`).
    func tellOut(_ member: Room.Member, of room: Room) {
        guard let nick = member.staleNick else { return }
        room.update(member.jid) { $0.staleNick = nil }
        let words = "The gateway had lost its connection to the XMPP server. It shows you this room again."
        sendSelfUnavailable(to: member, nick: nick, status: words, codes: [.selfPresence, .technicalProblem])
    }

    /// Marks the members that must be shown changes. Call it when the stream has opened.
    func markBehind(in room: Room) {
        room.catchUps = []
        guard let unseen = room.unseen else { return }
        for index in room.members.indices { room.members[index].isBehind = room.members[index].isInside }
        // A welcome that was under way starts again. Some of the occupants that it has shown may be gone.
        for welcome in room.welcomes {
            room.update(welcome.jid) { $0.staleNick = $0.staleNick ?? unseen.ownNick ?? room.nick }
        }
    }

    /// Shows the unseen changes to a member that has answered a ping.
    func catchUp(_ jid: JID, in room: Room, _ user: User) {
        guard let unseen = room.unseen, let member = room.member(jid), member.isBehind else { return }
        room.unseen?.isShown = true
        if unseen.isTooMuch { return throwOut(member, of: room, user, "Too much has changed in this room meanwhile.") }
        room.update(jid) { $0.isBehind = false }
        showOwnChange(to: member, of: room, unseen)
        var nicks = Array(unseen.before.keys)
        if unseen.areRolesChanged { nicks += nicksWithoutRank(in: room) }
        room.catchUps.append(CatchUp(jid: jid, rest: nicks[...]))
        jobs.start(SlicedJob(Self.id, Job.catchUp(room.address)), for: user.id)
    }

    /// Shows a member the changes of the user's nick, of the user's rank and of the topic.
    private func showOwnChange(to member: Room.Member, of room: Room, _ unseen: UnseenChanges) {
        if let own = room.occupants[room.nick] {
            if let old = unseen.ownNick, old != room.nick {
                let before = Occupant(nick: old, rank: own.rank, address: own.address)
                showRename(of: before, to: own, in: room, isSelf: true, to: member)
            } else if unseen.before.keys.contains(room.nick) || unseen.areRolesChanged {
                sendPresence(of: own, to: member, in: room, codes: [.selfPresence])
            }
        }
        if unseen.isTopicChanged { sendSubject(room.topic, to: member, id: kernel.world.newID()) }
    }

    /// Shows the next changed occupants, up to the end of the slice. Returns true when all are shown.
    func continueCatchUps(of room: Room, _ user: User) -> Bool {
        let end = jobs.end
        while kernel.orderedCount < end, var next = room.catchUps.first {
            guard let member = room.member(next.jid), let nick = next.rest.popFirst() else {
                room.catchUps.removeFirst()
                continue
            }
            room.catchUps[0] = next
            show(nick, of: room, to: member)
        }
        guard room.catchUps.isEmpty else { return false }
        finishCatchUps(in: room, user)
        return true
    }

    /// Shows a member the present occupant of a changed nick, or that the former occupant is gone.
    private func show(_ nick: String, of room: Room, to member: Room.Member) {
        guard nick != room.nick else { return }
        if let occupant = room.occupants[nick] { return sendPresence(of: occupant, to: member, in: room) }
        // `showOwnChange` has shown that the user's old nick is gone.
        guard nick != room.unseen?.ownNick else { return }
        let address = PeerAddress(network: room.address.network, name: nick)
        let gone = (room.unseen?.before[nick] ?? nil) ?? Occupant(nick: nick, rank: .none, address: address)
        sendUnavailable(of: gone, to: member, in: room)
    }

    /// Orders a checkpoint if every member has been shown the changes. `confirmed` answers it.
    func finishCatchUps(in room: Room, _ user: User) {
        guard kernel.isLinkOpen, room.unseen != nil, room.isCaughtUp else { return }
        kernel.order(.checkpoint(.room(user.id, room.address)))
    }

    /// The home server has the changes that the members of a room were shown. Forgets the changes.
    func confirmed(_ address: RoomAddress, of id: UserID) {
        guard let user = kernel.users[id], let room = room(address, of: user), room.isCaughtUp else { return }
        room.unseen = nil
    }

    // MARK: Farewells

    /// Sends a presence that ends the stay or the entry of a member. While the stream is closed, keeps the presence
    /// until it opens.
    func sendLast(_ presence: Presence, of room: RoomAddress, _ user: User) {
        if kernel.isLinkOpen || kernel.isStopping { return home.send(presence) }
        state(of: user).farewells.append(Farewell(room: room, presence: presence))
    }

    /// Sends the farewells that wait, up to the end of the slice. Returns true when all are sent.
    func sendFarewells(of user: User) -> Bool {
        guard let state = states[user] else { return true }
        let end = jobs.end
        while kernel.orderedCount < end, let next = state.farewells.popFirst() { home.send(next.presence) }
        return state.farewells.isEmpty
    }
}
