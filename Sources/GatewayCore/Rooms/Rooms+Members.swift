import GatewayKit
import XMPP

/// Checks whether the members of rooms are still there, and sends them the messages that they have missed.
extension Rooms {
    /// The stream has opened: checks all members of all rooms.
    func linkOpened() {
        for user in kernel.users.loaded {
            if states[user]?.farewells.isEmpty == false {
                jobs.enqueue(SlicedJob(Self.id, Job.farewells), for: user.id)
            }
            for room in rooms(of: user) { doubtMembers(of: room, user) }
        }
    }

    /// The stream has broken: ends all pings, and handles the events that waited for a welcome.
    func linkClosed() {
        pings = MemberPings()
        for user in kernel.users.loaded {
            for room in rooms(of: user) {
                finishRefresh(of: room)
                rememberReshowing(of: room)
                if !room.backlog.isEmpty { handleBacklogNow(of: room, user) }
            }
        }
    }

    /// Marks all members of a room as doubtful and begins to ping them: the home server may have lost resources while
    /// the stream was broken. Welcomes begin anew.
    private func doubtMembers(of room: Room, _ user: User) {
        for index in room.members.indices {
            room.members[index].mayBeGone = true
            room.members[index].isPinged = false
            room.members[index].shownMissed = 0
        }
        if room.members.isEmpty { return startGracePeriod(room.address, user) }
        markBehind(in: room)
        jobs.enqueue(SlicedJob(Self.id, Job.check(room.address)), for: user.id)
        restartWelcomes(of: room)
        if room.isShowing { jobs.enqueue(SlicedJob(Self.id, Job.welcome(room.address)), for: user.id) }
        tellBreak(of: room, user)
    }

    /// Pings the next slice of a room's doubtful members (XEP-0199). Before its ping, each member inside gets the
    /// messages that it has missed. The room keeps these messages until all members inside have been sent them and a
    /// member has answered. Returns true if all members have been pinged, or if the room waits because too many pings
    /// are under way.
    func checkMembers(of room: Room, _ user: User) -> Bool {
        let end = jobs.end
        for index in room.members.indices where room.members[index].mayBeGone && !room.members[index].isPinged {
            guard kernel.orderedCount < end else { return false }
            guard !pings.isFull else {
                pings.enqueue(user.id, room.address)
                return true
            }
            let member = room.members[index]
            tellOut(member, of: room)
            if member.isInside, !sendMissed(to: member.jid, in: room, upTo: end) { return false }
            room.members[index].isPinged = true
            ping(member, in: room, user)
        }
        return true
    }

    private func ping(_ member: Room.Member, in room: Room, _ user: User) {
        let head = StanzaHead(to: member.jid, from: member.room, id: kernel.world.newID())
        let ping = IQ(head, type: .get, payload: [Ping().element])
        let check = PresenceCheck(user: user.id, room: room.address, member: member.jid)
        pings.sent()
        kernel.order(.query(ping, deadline: .seconds(30), .note(NoteSlip(Self.id, check))))
    }

    /// A ping has an answer, or its deadline has passed.
    func pingAnswered(_ note: any Note, _ answer: IQ?) {
        guard let check = note as? PresenceCheck else { return }
        if let next = pings.ended() { jobs.enqueue(SlicedJob(Self.id, Job.check(next.room)), for: next.user) }
        guard let user = kernel.users[check.user], let room = room(check.room, of: user),
            room.member(check.member) != nil
        else { return }
        if answer?.isAlive == true {
            room.update(check.member) { $0.mayBeGone = false }
            catchUp(check.member, in: room, user)
            finishCatchUps(in: room, user)
            // While a resend is planned, the stream may have refused some of the missed messages. The room keeps them
            // for `resendMissed`.
            if !room.owesMembers, !home.outbox.isResendPlanned { missedWasSent(in: room, of: user.id) }
        } else if kernel.isLinkOpen {
            vanished(check.member, from: check.room, user)
        }
    }

    /// A ping was not sent, because the open stream had no room for it. The member is pinged again in a second.
    func pingNotSent(_ note: any Note) {
        guard let check = note as? PresenceCheck else { return }
        _ = pings.ended()
        if let user = kernel.users[check.user] {
            room(check.room, of: user)?.update(check.member) { $0.isPinged = false }
        }
        guard !pings.isRetryPlanned else { return }
        pings.isRetryPlanned = true
        kernel.startTimer(Self.pingMembersTimer, after: .seconds(1))
    }

    /// The timer of `pingNotSent` has ended: pings all doubtful members that have not been pinged.
    func pingAgain() {
        pings.isRetryPlanned = false
        guard kernel.isLinkOpen else { return }
        for user in kernel.users.loaded {
            for room in rooms(of: user) where room.members.contains(where: { $0.mayBeGone && !$0.isPinged }) {
                jobs.enqueue(SlicedJob(Self.id, Job.check(room.address)), for: user.id)
            }
        }
    }

    /// An error shows that the resource `from` is gone. Takes it out of the room that has the address `to`, and tells
    /// it, because it may be there after all (XEP-0045 §18.1.2).
    func resourceGone(from: JID, to: JID) {
        guard let user = kernel.users[from], case .success(let target) = kernel.target(of: to) else {
            return kernel.count(.stanzasIgnored)
        }
        switch target {
        case .room(let address), .occupant(let address, _):
            guard let room = room(address, of: user), let member = room.member(from) else {
                return kernel.count(.stanzasIgnored)
            }
            throwOut(member, of: room, user, "Stanzas that this room has sent to you have come back with errors.")
        default: kernel.count(.stanzasIgnored)
        }
    }

    /// Takes a member out of a room because of a technical problem, and tells it. It may enter the room again.
    func throwOut(_ member: Room.Member, of room: Room, _ user: User, _ words: String) {
        let nick = seenNick(of: room, by: member)
        if kernel.isLinkOpen {
            sendSelfUnavailable(
                to: member, nick: nick, status: words, codes: [.selfPresence, .technicalProblem])
        }
        vanished(member.jid, from: room.address, user)
    }

    /// Removes a member that is gone without leaving. If no member is left, the user stays in the room for a while,
    /// because the client will most likely come back.
    private func vanished(_ jid: JID, from address: RoomAddress, _ user: User) {
        guard let room = room(address, of: user), room.member(jid) != nil else { return kernel.count(.stanzasIgnored) }
        room.remove(jid)
        if room.members.isEmpty { return startGracePeriod(address, user) }
        finishCatchUps(in: room, user)
        // All remaining members have been sent all missed messages.
        if !room.members.contains(where: { $0.mayBeGone || !$0.isInside || room.owes($0) }),
            !home.outbox.isResendPlanned
        {
            missedWasSent(in: room, of: user.id)
        }
    }

    /// Starts the time for which a room without members is kept (`Limits.gracePeriod`).
    func startGracePeriod(_ address: RoomAddress, _ user: User) {
        room(address, of: user)?.gracePeriods += 1
        let gracePeriod = GracePeriod(user: user.id, room: address)
        kernel.startTimer(Self.gracePeriodTimer, about: gracePeriod, after: kernel.settings.limits.gracePeriod)
    }

    /// The time for which a room without members is kept has ended. The user leaves the room if it still has no
    /// members.
    func gracePeriodEnded(of address: RoomAddress, _ id: UserID) {
        guard let user = kernel.users[id], let room = room(address, of: user) else { return }
        room.gracePeriods = max(0, room.gracePeriods - 1)
        // A client that came back and vanished again has started another timer.
        guard room.gracePeriods == 0, room.members.isEmpty else { return }
        abandon(address, of: user, reason: "The client did not come back")
    }

    // MARK: Missed messages

    /// Keeps a message of a room that counts as lost.
    func keepLostRoomMessage(_ message: RoomMessage, in address: RoomAddress, of id: UserID) {
        guard let user = kernel.users[id], let room = room(address, of: user) else { return }
        miss(message, in: room, id)
    }

    /// Hands the missed messages of a room to the outbox. Call it when they have been sent to all members. If they stay
    /// unconfirmed, `keepLostRoomMessage` gets them back.
    func missedWasSent(in room: Room, of user: UserID) {
        guard !room.missed.isEmpty else { return }
        for message in room.missed { home.keepUntilConfirmed(message, in: room.address, of: user) }
        room.forgetMissed()
    }

    /// Sends the missed messages again to the members inside, in slices. Called when refused stanzas are sent again.
    func resendMissed() {
        for user in kernel.users.loaded {
            for room in rooms(of: user) where !room.missed.isEmpty && room.members.contains(where: \.isInside) {
                for index in room.members.indices { room.members[index].shownMissed = 0 }
                jobs.enqueue(SlicedJob(Self.id, Job.missed(room.address)), for: user.id)
            }
        }
    }

    /// Sends the next missed messages to the members inside, up to the end of the slice. Returns true when all are
    /// sent.
    func continueMissed(of room: Room, _ user: User) -> Bool {
        let end = jobs.end
        for member in room.members where member.isInside {
            guard sendMissed(to: member.jid, in: room, upTo: end) else { return false }
        }
        // A doubtful member may be gone. It needs the messages again when it comes back.
        if !room.members.contains(where: \.mayBeGone) { missedWasSent(in: room, of: user.id) }
        return true
    }
}

extension IQ {
    /// Whether the answer to a ping proves that the client is there. A result does, and so does
    /// `feature-not-implemented`, which comes from the client itself. `service-unavailable` does not: a client without
    /// pings sends it (XEP-0199 §4.2), but the server of a missing client sends it, too (RFC 6121 §8.5.3.2.3). Such a
    /// client counts as gone. If it is not, it enters the room again by itself.
    fileprivate var isAlive: Bool {
        if type == .result { return true }
        return stanzaError?.condition == .featureNotImplemented
    }
}
