import GatewayKit

/// Takes over the occupants that the network has reported, in slices (`Refresh`).
extension Rooms {
    /// Begins to take over the occupants of a room. Events of the room wait until all are taken over and shown.
    func start(_ refresh: Refresh, of room: Room, _ user: User) {
        room.refresh = refresh
        state(of: user).isWelcoming = true
        jobs.start(SlicedJob(Self.id, Job.welcome(room.address)), for: user.id)
    }

    /// Takes over the next occupants, and shows the members those that have changed, up to the end of the slice.
    func continueRefresh(of room: Room, _ user: User, upTo end: Int) {
        // The refresh is taken out of the room, because a second reference would make each change copy it.
        guard var refresh = room.refresh.take() else { return }
        for _ in 0..<Refresh.slice {
            guard kernel.orderedCount < end else { break }
            guard doStep(of: &refresh, in: room, isShown: true) else { return refreshEnded(refresh, of: room, user) }
        }
        room.refresh = refresh
    }

    private func refreshEnded(_ refresh: Refresh, of room: Room, _ user: User) {
        // Welcomes that were begun meanwhile stand at an occupant of before.
        restartWelcomes(of: room)
        if refresh.saysReturn { say("The connection to the network is back.", in: room, user) }
    }

    /// Takes over all other occupants at once and shows none of them. While the stream is closed, `UnseenChanges` keeps
    /// the changes.
    func finishRefresh(of room: Room) {
        guard var refresh = room.refresh.take() else { return }
        while doStep(of: &refresh, in: room, isShown: false) {}
        restartWelcomes(of: room)
    }

    /// Does the next step of a refresh. Returns false at its end.
    private func doStep(of refresh: inout Refresh, in room: Room, isShown: Bool) -> Bool {
        switch refresh.step(in: room) {
        case .take(let occupant) where refresh.isReturn: takeAgain(occupant, in: room, isShown: isShown)
        case .take(let occupant): takeFirst(occupant, in: room)
        case .remove(let nick): remove(nick, from: room, isShown: isShown)
        case .skip: break
        case .end: return false
        }
        return true
    }

    /// Takes over an occupant of a room that the user has entered.
    private func takeFirst(_ occupant: Occupant, in room: Room) {
        room.occupants[occupant.nick] = occupant
        room.occupantIDs.enter(occupant.nick, account: occupant.details?.account)
    }

    /// Takes over an occupant after a break. The network tells details later. Until then, those from before hold.
    private func takeAgain(_ occupant: Occupant, in room: Room, isShown: Bool) {
        let before = room.occupants[occupant.nick]
        let now = occupant.keepingDetails(of: before)
        guard now != before else { return }
        if before == nil { room.occupantIDs.enter(now.nick, account: now.details?.account) }
        set(now.nick, to: now, in: room)
        guard isShown else { return }
        for member in room.members where member.seesChanges { sendPresence(of: now, to: member, in: room) }
    }

    private func remove(_ nick: String, from room: Room, isShown: Bool) {
        guard let before = room.occupants[nick] else { return }
        let id = room.occupantIDs.id(of: nick)
        set(nick, to: nil, in: room)
        guard isShown else { return }
        for member in room.members where member.seesChanges { sendUnavailable(of: before, id: id, to: member) }
    }
}
