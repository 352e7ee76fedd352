import GatewayKit
import XMPP

/// Whether the user's resources in a room are still there, and what they have missed.
extension Rooms {
    func linkOpened() {
        for user in kernel.users.loaded {
            for room in rooms(of: user) { doubtMembers(of: room, user) }
        }
    }

    func linkClosed() {
        pings = MemberPings()
        for user in kernel.users.loaded {
            for room in rooms(of: user) where !room.backlog.isEmpty { interruptWelcomes(of: room, user) }
        }
    }

    /// The home server may have lost resources without telling us: each is asked, when its turn comes.
    private func doubtMembers(of room: Room, _ user: User) {
        for index in room.members.indices {
            room.members[index].isDoubtful = true
            room.members[index].isAsked = false
        }
        if room.members.isEmpty { return desert(room.address, user) }
        slices.add(SlicedJob(Self.id, Job.check(room.address)), for: user.id)
        restartWelcomes(of: room)
        if room.isShowing { slices.add(SlicedJob(Self.id, Job.welcome(room.address)), for: user.id) }
    }

    /// Asks the next members of a room whether they are there (XEP-0199). Each gets what it has missed before its ping;
    /// the room keeps that until one of them is known to be there. True if all have been asked, or wait for answers of
    /// others.
    func checkMembers(of room: Room, _ user: User) -> Bool {
        let end = slices.end
        for index in room.members.indices where room.members[index].isDoubtful && !room.members[index].isAsked {
            guard kernel.orderedCount < end else { return false }
            guard !pings.isFull else {
                pings.wait(user.id, room.address)
                return true
            }
            room.members[index].isAsked = true
            ask(room.members[index], in: room, user)
        }
        return true
    }

    private func ask(_ member: Room.Member, in room: Room, _ user: User) {
        if member.isInside { for message in room.missed { sendMissed(message, to: member) } }
        let head = StanzaHead(to: member.jid, from: member.room, id: kernel.world.newID())
        let ping = IQ(head, type: .get, payload: [Ping().element])
        let check = PresenceCheck(user: user.id, room: room.address, member: member.jid)
        pings.asked()
        kernel.order(.query(ping, deadline: .seconds(30), .note(NoteSlip(Self.id, check))))
    }

    func answered(_ note: any Note, _ answer: IQ?) {
        guard let check = note as? PresenceCheck else { return }
        if let next = pings.answered() { slices.add(SlicedJob(Self.id, Job.check(next.room)), for: next.user) }
        guard let user = kernel.users[check.user], let room = room(check.room, of: user),
            room.member(check.member) != nil
        else { return }
        if answer?.isAlive == true {
            room.update(check.member) { $0.isDoubtful = false }
            // What the stream has refused is sent again soon, and only then has it been sent.
            let isComplete = !room.members.contains { $0.isInside && $0.isDoubtful && !$0.isAsked }
            if isComplete, !home.outbox.isResendPlanned { missedWasSent(in: room, of: user.id) }
        } else if kernel.isLinkOpen {
            vanished(check.member, from: check.room, user)
        }
    }

    /// The stream was too full for a ping: the member is asked again soon.
    func couldNotAsk(_ note: any Note) {
        guard let check = note as? PresenceCheck else { return }
        _ = pings.answered()
        if let user = kernel.users[check.user] {
            room(check.room, of: user)?.update(check.member) { $0.isAsked = false }
        }
        guard !pings.isRetryPlanned else { return }
        pings.isRetryPlanned = true
        kernel.order(.timer(.askMembers, after: .seconds(1)))
    }

    /// Asks all members that have not been asked.
    func askAgain() {
        pings.isRetryPlanned = false
        guard kernel.isLinkOpen else { return }
        for user in kernel.users.loaded {
            for room in rooms(of: user) where room.members.contains(where: { $0.isDoubtful && !$0.isAsked }) {
                slices.add(SlicedJob(Self.id, Job.check(room.address)), for: user.id)
            }
        }
    }

    /// An error has come back from a resource that we wrote to: it leaves the room that it was addressed from.
    func absent(from: JID, to: JID) {
        guard let user = kernel.users[from], case .success(let target) = kernel.target(of: to) else {
            return kernel.count(.stanzasIgnored)
        }
        switch target {
        case .room(let room), .occupant(let room, _): vanished(from, from: room, user)
        default: kernel.count(.stanzasIgnored)
        }
    }

    /// A resource is gone without a word. The room is kept for a while: its client will most likely come back.
    private func vanished(_ jid: JID, from address: RoomAddress, _ user: User) {
        guard let room = room(address, of: user), room.member(jid) != nil else { return kernel.count(.stanzasIgnored) }
        room.remove(jid)
        if room.members.isEmpty { return desert(address, user) }
        // Those who are left have seen everything.
        if !room.members.contains(where: { $0.isDoubtful || !$0.isInside }), !home.outbox.isResendPlanned {
            missedWasSent(in: room, of: user.id)
        }
    }

    private func desert(_ address: RoomAddress, _ user: User) {
        room(address, of: user)?.desertions += 1
        kernel.order(.timer(.desertedRoom(user.id, address), after: kernel.settings.limits.desertion))
    }

    /// Nobody has come back to a room for the time that it is kept.
    func desertionEnded(of address: RoomAddress, _ id: UserID) {
        guard let user = kernel.users[id], let room = room(address, of: user) else { return }
        room.desertions = max(0, room.desertions - 1)
        // A client that came back and went again has begun the time anew.
        guard room.desertions == 0, room.members.isEmpty else { return }
        abandon(address, of: user, reason: "The client did not come back")
    }

    // MARK: What has been missed

    /// The stream broke before there was proof that this had arrived.
    func keepSaid(_ message: MissedMessage, in address: RoomAddress, of id: UserID) {
        guard let user = kernel.users[id] else { return }
        room(address, of: user)?.miss(message, atMost: kernel.settings.limits.missedPerRoom)
    }

    /// What a room has missed has been sent to everybody who was to have it. Without proof that it arrived it comes back.
    func missedWasSent(in room: Room, of user: UserID) {
        guard !room.missed.isEmpty else { return }
        for message in room.missed { home.said(message, in: room.address, of: user) }
        room.missed = []
    }

    /// The stream takes again what it has refused.
    func resendMissed() {
        for user in kernel.users.loaded {
            for room in rooms(of: user) where !room.missed.isEmpty && room.members.contains(where: \.isInside) {
                for member in room.members where member.isInside {
                    for message in room.missed { sendMissed(message, to: member) }
                }
                // What may be gone, and comes back, needs it once more.
                if !room.members.contains(where: \.isDoubtful) { missedWasSent(in: room, of: user.id) }
            }
        }
    }
}

extension IQ {
    /// An answer that proves that the client is there: a result, or an error of its own making. A client that does
    /// not know pings says `service-unavailable` (XEP-0199 §4.2), and so does a server for one that is gone
    /// (RFC 6121 §8.5.3.2.3): it counts as gone, and comes back by itself if it is not.
    fileprivate var isAlive: Bool {
        if type == .result { return true }
        return stanzaError?.condition == .featureNotImplemented
    }
}
