import DequeModule
import GatewayKit
import XMPP

/// Shows members the changes that they may not have seen: those that came while the stream to the home server was
/// closed, and those that no fence had confirmed when it broke.
///
/// When a member has answered a ping, it is shown the difference, in slices. The room keeps the changes until a
/// fence proves that the home server has them.
extension Rooms {
    /// Adds to the changes that the members have not seen, or, if the stream is open, to those that no fence has
    /// confirmed.
    func remember(in room: Room, _ change: (inout UnseenChanges) -> Void) {
        guard room.phase == .inside, !room.members.isEmpty else { return }
        guard kernel.isLinkOpen, room.unseen == nil else {
            var unseen = room.unseen.take() ?? UnseenChanges()
            change(&unseen)
            return room.unseen = unseen
        }
        addUnconfirmed(in: room, change)
    }

    /// Adds to the changes that were shown after the latest fence.
    private func addUnconfirmed(in room: Room, _ change: (inout UnseenChanges) -> Void) {
        let batch = home.outbox.batch
        if room.unconfirmed.last?.batch != batch {
            room.unconfirmed.append(UnconfirmedChanges(batch: batch))
            home.fence(NoteSlip(Self.id, UnconfirmedNote.changes(room.user, room.address, batch: batch)))
        }
        change(&room.unconfirmed[room.unconfirmed.count - 1].changes)
    }

    /// A fence has shown whether the home server has these stanzas. Lost changes are shown again after the next opening
    /// of the stream.
    func fenced(_ note: any Note, isProven: Bool) {
        switch note as? UnconfirmedNote {
        case .changes(let id, let address, let batch):
            guard let user = kernel.users[id], let room = room(address, of: user),
                let index = room.unconfirmed.firstIndex(where: { $0.batch == batch })
            else { return }
            let changes = room.unconfirmed.remove(at: index).changes
            if room.unconfirmed.isEmpty { room.unconfirmed = [] }
            if !isProven { lost(changes, in: room) }
        case .entry(let id, let address, let jid):
            guard !isProven, let user = kernel.users[id], let room = room(address, of: user),
                room.isInside(jid)
            else { return }
            room.update(jid) { $0.mayHaveNoEntry = true }
            lost(UnseenChanges(isShown: true), in: room)
        case .farewells(let id, let batch):
            guard let user = kernel.users[id], let state = states[user] else { return }
            let settled = state.unconfirmedFarewells.filter { $0.batch == batch }
            state.unconfirmedFarewells.removeAll { $0.batch == batch }
            guard !isProven, !settled.isEmpty else { return }
            state.farewells.append(contentsOf: settled.map(\.farewell))
            // Without an open stream, they wait for the next one.
            if kernel.isLinkOpen { jobs.enqueue(SlicedJob(Self.id, Job.farewells), for: user.id) }
        case nil: break
        }
    }

    private func lost(_ changes: UnseenChanges, in room: Room) {
        var unseen = room.unseen.take() ?? UnseenChanges()
        unseen.add(changes)
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
        if !member.mayHaveNoEntry { showOwnChange(to: member, of: room, unseen) }
        var nicks = Array(unseen.before.keys)
        if member.mayHaveNoEntry {
            nicks = nicks.filter { room.occupants[$0] == nil } + room.occupants.keys
        } else if unseen.areRolesChanged {
            nicks += nicksWithoutRank(in: room)
        }
        room.catchUps.append(CatchUp(jid: jid, rest: nicks[...], isEntry: member.mayHaveNoEntry))
        jobs.start(SlicedJob(Self.id, Job.catchUp(room.address)), for: user.id)
    }

    /// Shows a member the changes of the user's nick, of the user's rank and of the topic.
    private func showOwnChange(to member: Room.Member, of room: Room, _ unseen: UnseenChanges) {
        if let own = room.occupants[room.nick] {
            if let old = unseen.ownNick, old != room.nick {
                let before = Occupant(nick: old, rank: own.rank, address: own.address)
                showRename(of: before, to: own, in: room, own: [.selfPresence], to: member)
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
                if next.isEntry { endEntryAgain(of: next.jid, into: room) }
                continue
            }
            room.catchUps[0] = next
            show(nick, of: room, to: member)
        }
        guard room.catchUps.isEmpty else { return false }
        finishCatchUps(in: room, user)
        return true
    }

    /// Sends a member the end of its entry once more: its own presence and the subject (XEP-0045 §7.2.2, §7.2.15).
    private func endEntryAgain(of jid: JID, into room: Room) {
        guard let member = room.member(jid), let own = room.occupants[room.nick] else { return }
        room.update(jid) { $0.mayHaveNoEntry = false }
        let codes: [RoomStatus] = member.wantedNick == room.nick ? [] : [.nickModified]
        sendPresence(of: own, to: member, in: room, codes: [.selfPresence] + codes)
        sendSubject(room.topic, to: member)
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

    /// Keeps the changes until a fence confirms them, if every member has been shown them.
    func finishCatchUps(in room: Room, _ user: User) {
        guard kernel.isLinkOpen, room.isCaughtUp, var changes = room.unseen.take() else { return }
        changes.isShown = true
        addUnconfirmed(in: room) { $0.add(changes) }
    }

    // MARK: Farewells

    /// Sends a presence that ends the stay or the entry of a member. While the stream is closed, keeps the presence
    /// until it opens.
    func sendLast(_ presence: Presence, of room: RoomAddress, _ user: User) {
        let farewell = Farewell(room: room, presence: presence)
        guard kernel.isLinkOpen || kernel.isStopping else { return state(of: user).farewells.append(farewell) }
        send(farewell, user)
    }

    /// Sends a farewell, and keeps it until a fence confirms it.
    private func send(_ farewell: Farewell, _ user: User) {
        home.send(farewell.presence)
        guard !kernel.isStopping else { return }
        let state = state(of: user)
        let batch = home.outbox.batch
        if state.unconfirmedFarewells.last?.batch != batch {
            home.fence(NoteSlip(Self.id, UnconfirmedNote.farewells(user.id, batch: batch)))
        }
        state.unconfirmedFarewells.append((batch, farewell))
    }

    /// Sends the farewells that wait, up to the end of the slice. Returns true when all are sent.
    func sendFarewells(of user: User) -> Bool {
        guard let state = states[user] else { return true }
        let end = jobs.end
        while kernel.orderedCount < end, let next = state.farewells.popFirst() { send(next, user) }
        return state.farewells.isEmpty
    }
}
