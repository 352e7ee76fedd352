import GatewayKit
import XMPP

/// Keeps the members in a room while the link to its network is broken for a short time. A client that is told that it
/// is out of the room must enter it again (XEP-0045 §7.14), and most clients do not do that by themselves.
extension Rooms {
    /// The link to the network is broken. The adapter tries to enter the room again.
    func lose(_ room: Room, _ reason: String, _ user: User) {
        room.phase = .lost
        let number = (room.lastBreak?.number ?? 0) + 1
        room.lastBreak = Break(number: number, reason: reason)
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

    /// The network has reported the whole room once more. Shows the members inside only the differences. The caller
    /// welcomes the members that wait for entry.
    func comeBack(to room: Room, _ joined: JoinedRoom, _ user: User) {
        room.phase = .inside
        // The network tells the details of occupants later. Until then, those from before the break hold.
        let now = Dictionary(
            joined.occupants.map { ($0.nick, $0.keepingDetails(of: room.occupants[$0.nick])) },
            uniquingKeysWith: { $1 })
        let (oldNick, before, after) = (room.nick, room.occupants[room.nick], now[joined.nick])
        let changes = Self.differences(from: room.occupants, to: now)
        if joined.nick != oldNick { room.occupantIDs.rename(oldNick, to: joined.nick) }
        for change in changes {
            if change.before == nil { room.occupantIDs.enter(change.nick, account: now[change.nick]?.details?.account) }
            set(change.nick, to: now[change.nick], in: room)
        }
        if joined.nick != oldNick { setOwnNick(joined.nick, in: room) }
        let hasNewTopic = room.topic != joined.topic
        if hasNewTopic { setTopic(joined.topic, in: room) }
        // While the stream is closed, `UnseenChanges` keeps the changes.
        guard kernel.isLinkOpen else { return }
        for member in room.members where member.seesChanges {
            if let before, let after, joined.nick != oldNick {
                showRename(of: before, to: after, in: room, isSelf: true, to: member)
            } else if let after, before != after {
                sendPresence(of: after, to: member, in: room, codes: [.selfPresence])
            }
            if hasNewTopic { sendSubject(joined.topic, to: member, id: kernel.world.newID()) }
        }
        // The user's own presence has been shown already. Somebody else may have the user's old nick now.
        var others = changes.filter { $0.nick != joined.nick && $0.nick != oldNick }
        if joined.nick != oldNick, now[oldNick] != nil { others.append(Refresh.Change(nick: oldNick, before: nil)) }
        room.refresh = Refresh(changes: others, saysReturn: room.lastBreak?.isTold ?? false)
        room.lastBreak?.isTold = false
        state(of: user).isWelcoming = true
        jobs.start(SlicedJob(Self.id, Job.welcome(room.address)), for: user.id)
    }

    private static func differences(
        from old: [String: Occupant], to new: [String: Occupant]
    ) -> [Refresh.Change] {
        let changed = old.filter { new[$0.key] != $0.value }.map { Refresh.Change(nick: $0.key, before: $0.value) }
        return changed + new.keys.filter { old[$0] == nil }.map { Refresh.Change(nick: $0, before: nil) }
    }

    /// Shows the next changes of a break that has healed, up to the end of the slice.
    func continueRefresh(of room: Room, _ user: User, upTo end: Int) {
        while kernel.orderedCount < end, let refresh = room.refresh, !refresh.isFinished {
            room.refresh?.next += 1
            show(refresh.changes[refresh.next], of: room)
        }
        guard let refresh = room.refresh, refresh.isFinished else { return }
        room.refresh = nil
        if refresh.saysReturn { say("The connection to the network is back.", in: room, user) }
    }

    private func show(_ change: Refresh.Change, of room: Room) {
        for member in room.members where member.seesChanges {
            if let occupant = room.occupants[change.nick] {
                sendPresence(of: occupant, to: member, in: room)
            } else if let before = change.before {
                sendUnavailable(of: before, to: member, in: room)
            }
        }
    }

    /// Remembers the changes of a refresh that a break of the stream has stopped.
    func rememberRefresh(of room: Room) {
        guard let refresh = room.refresh else { return }
        room.refresh = nil
        for change in refresh.changes {
            remember(in: room) {
                $0.isShown = true
                $0.add(change.nick, from: change.before, to: room.occupants[change.nick])
            }
        }
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
