import Basics
import GatewayKit
import XMPP

/// Keeps the members in a room while the link to its network is broken for a short time. A client that is told that it
/// is out of the room must enter it again (XEP-0045 §7.14), and most clients do not do that by themselves.
extension Rooms {
    /// The link to the network is broken. The adapter tries to enter the room again.
    func lose(_ room: Room, _ reason: String, _ user: User) {
        room.phase = .lost
        let number = (room.lastBreak?.number ?? 0) + 1
        room.lastBreak = Break(number: number, reason: reason.asSentence)
        let subject = BreakOfRoom(user: user.id, room: room.address, number: number)
        kernel.startTimer(Self.breakTimer, about: subject, after: kernel.settings.limits.longestBreak)
        // The members are told when the session has reported its state, because it may have ended for good. That report
        // mostly follows this event. An event from the backlog is handled after the report.
        if room.isTellingBacklog { tellBreak(of: room, user) }
    }

    /// The state of an account's link has changed: tells the members of its lost rooms.
    func networkChanged(_ account: AccountID, _ user: User) {
        guard let state = states[user] else { return }
        for room in state.rooms.values where room.address.network == account.network { tellBreak(of: room, user) }
    }

    /// Tells the members of a lost room that its network is away, once for each break.
    func tellBreak(of room: Room, _ user: User) {
        guard room.phase == .lost, let last = room.lastBreak, !last.isTold, kernel.isLinkOpen,
            room.members.contains(where: \.isInside), !accounts.isOnline(user, on: room.address.network)
        else { return }
        room.lastBreak?.isTold = true
        let words =
            "\(last.reason) The gateway is trying to connect again. Until then your messages to this room are refused."
        say(words, in: room, user)
    }

    /// The network has reported the whole room once more. Shows the members inside only the differences: those of the
    /// user at once, those of the others in slices. The caller welcomes the members that wait for entry.
    func comeBack(to room: Room, _ joined: JoinedRoom, _ user: User) {
        room.phase = .inside
        if room.members.isEmpty {
            for subscriber in kernel.routes.moments.roomReturned { subscriber(user, room.address) }
        }
        let (oldNick, before) = (room.nick, room.occupants[room.nick])
        let (nick, topic) = (joined.nick.shownNick, joined.topic?.shown)
        let after = joined.own.map { $0.keepingDetails(of: room.occupants[nick]) }
        setOwn(after, nick: nick, in: room)
        let hasNewTopic = room.topic != topic
        if hasNewTopic { setTopic(topic, in: room) }
        let refresh = Refresh(
            of: joined.occupants, isReturn: true, saysReturn: kernel.isLinkOpen && room.lastBreak?.isTold ?? false)
        guard kernel.isLinkOpen else {
            room.refresh = refresh
            return finishRefresh(of: room)
        }
        for member in room.members where member.seesChanges {
            if let before, let after, nick != oldNick {
                showRename(of: before, to: after, in: room, own: [.selfPresence], to: member)
            } else if let after, before != after {
                sendPresence(of: after, to: member, in: room, codes: [.selfPresence])
            }
            if hasNewTopic { sendSubject(topic, to: member, id: kernel.world.newID()) }
        }
        room.lastBreak?.isTold = false
        start(refresh, of: room, user)
    }

    /// Sets the user's own occupant and nick after a break. Another occupant may have the old nick now; the list of the
    /// network tells it.
    private func setOwn(_ own: Occupant?, nick: String, in room: Room) {
        let oldNick = room.nick
        if nick != oldNick { room.occupantIDs.rename(oldNick, to: nick) }
        if room.occupants[nick] != own { set(nick, to: own, in: room) }
        guard nick != oldNick else { return }
        setOwnNick(nick, in: room)
        if room.occupants[oldNick] != nil { set(oldNick, to: nil, in: room) }
    }

    /// The link has not come back in time. Takes the members out of the room; they may enter it again (XEP-0045 §7.14).
    /// The adapter goes on trying for `Limits.gracePeriod`, so that members who enter again need not wait for it.
    func breakEnded(_ subject: BreakOfRoom) {
        guard let user = kernel.users[subject.user], let room = room(subject.room, of: user), room.phase == .lost,
            let last = room.lastBreak, last.number == subject.number
        else { return }
        let words = "\(last.reason) The connection has not come back in time. Enter the room again later."
        sayGoodbye(in: room, user, status: words, codes: [.selfPresence, .technicalProblem])
        refuseWaiting(in: room, Failure(.remoteDown, words), user)
        room.removeAllMembers()
        startGracePeriod(room.address, user)
    }

    /// The adapter could not enter a lost room for the members that wait for entry. The members inside stay.
    func entryFailedWhileLost(_ room: Room, _ failure: Failure, _ user: User) {
        refuseWaiting(in: room, failure, user)
        for member in room.members where member.isWaiting { room.remove(member.jid) }
        if room.members.isEmpty { startGracePeriod(room.address, user) }
    }
}
