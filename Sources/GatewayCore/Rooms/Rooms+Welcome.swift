import DequeModule
import GatewayKit
import XMPP

/// Welcomes members into a room: sends them the presence of all occupants, in slices, so that other users are served in
/// between. Events of the room wait until all welcomes are over. So an entry keeps its order (XEP-0045 §7.2), and the
/// occupants do not change meanwhile.
extension Rooms {
    /// The jobs that `Rooms` does in slices.
    enum Job: Hashable {
        /// Shows a room to the members that enter it, and then the events of its backlog.
        case welcome(RoomAddress)
        /// Pings the members of a room after a break of the stream.
        case check(RoomAddress)
        /// Shows the members of a room the changes that came while the stream was closed.
        case catchUp(RoomAddress)
        /// Sends the missed messages of a room again, after the stream has refused stanzas.
        case missed(RoomAddress)
        /// Sends the farewells that wait for the stream (`RoomsOfUser.farewells`).
        case farewells
        /// Shows the members of a room occupants once more whose role or address may be new to them.
        case reshow(RoomAddress)
    }

    /// Does one slice of a job. Returns true if the job is finished.
    func doSlice(_ task: AnyHashable, of id: UserID) -> Bool {
        guard let task = task.base as? Job, let user = kernel.users[id] else { return true }
        switch task {
        case .check(let address):
            guard let room = room(address, of: user) else { return true }
            return checkMembers(of: room, user)
        case .catchUp(let address):
            guard let room = room(address, of: user) else { return true }
            return continueCatchUps(of: room, user)
        case .missed(let address):
            guard let room = room(address, of: user) else { return true }
            return continueMissed(of: room, user)
        case .farewells: return sendFarewells(of: user)
        case .reshow(let address):
            guard let room = room(address, of: user) else { return true }
            return continueReshowing(of: room)
        case .welcome(let address):
            guard let room = room(address, of: user) else {
                // The network may be paused because of the room's backlog, which is gone with the room.
                accounts.updatePause(of: accounts.account(of: user, on: address.network), user)
                return true
            }
            return continueWelcome(room, user)
        }
    }

    /// Begins to show the room to a member that enters it.
    func welcome(_ jid: JID, into room: Room, _ user: User) {
        room.welcomes.removeAll { $0.jid == jid }
        room.welcomes.append(Welcome(jid: jid, next: room.occupants.startIndex))
        state(of: user).isWelcoming = true
        jobs.start(SlicedJob(Self.id, Job.welcome(room.address)), for: user.id)
    }

    /// Shows the next slice of the changes of a break, or of the occupants to the first member that waits for its
    /// welcome. Once every member has been shown them, it handles the backlog of the room. Returns true when nothing is
    /// left to send.
    private func continueWelcome(_ room: Room, _ user: User) -> Bool {
        let end = jobs.end
        continueRefresh(of: room, user, upTo: end)
        while kernel.orderedCount < end, room.refresh == nil, !room.awaitsProperties, !room.welcomes.isEmpty {
            showSlice(of: room, user, upTo: end)
        }
        if !room.isShowingOccupants { tellBacklog(of: room, user, upTo: end) }
        let state = state(of: user)
        state.isWelcoming = state.rooms.values.contains { $0.isShowing }
        // `waitEnded` starts the job again.
        return !room.isShowing || (room.awaitsProperties && room.refresh == nil)
    }

    /// Sends occupants to the first member that waits for its welcome, and ends the welcome after the last occupant.
    private func showSlice(of room: Room, _ user: User, upTo end: Int) {
        guard var welcome = room.welcomes.first else { return }
        guard let member = room.member(welcome.jid) else { return room.welcomes.removeAll { $0.jid == welcome.jid } }
        tellOut(member, of: room)
        while kernel.orderedCount < end, welcome.next != room.occupants.endIndex {
            let occupant = room.occupants[welcome.next].value
            if occupant.nick != room.nick { sendPresence(of: occupant, to: member, in: room) }
            room.occupants.formIndex(after: &welcome.next)
        }
        guard welcome.next == room.occupants.endIndex else { return room.welcomes[0] = welcome }
        room.removeFirstWelcome()
        finishWelcome(of: member, into: room, user)
    }

    /// Handles the next slice of the backlog. An event may begin another welcome; the rest of the backlog then waits
    /// for it.
    private func tellBacklog(of room: Room, _ user: User, upTo end: Int) {
        room.isTellingBacklog = true
        defer { room.isTellingBacklog = false }
        let account = accounts.account(of: user, on: room.address.network)
        while kernel.orderedCount < end, !room.isShowingOccupants, let next = room.backlog.popFirst() {
            tell(next, in: room, of: account, user)
        }
        if room.backlog.isEmpty { room.backlog = [] }
        accounts.updatePause(of: account, user)
    }

    private func tell(_ deferred: Deferred, in room: Room, of account: AccountID, _ user: User) {
        switch deferred {
        case .event(let event): dispatch.handle(event, of: account, user)
        case .reflection(let message, let name): reflect(message, named: name, in: room.address, user)
        case .ownAction(let payload, let id): reflect(payload, id: id, in: room.address, user)
        }
    }

    /// Whether a new event of the room must wait in its backlog. No event waits while the stream is broken.
    func defersEvents(of room: Room) -> Bool { kernel.isLinkOpen && room.defers }

    /// Whether an event of a room must wait in the room's backlog.
    func mustWait(_ address: RoomAddress, _ user: User) -> Bool {
        guard let state = states[user], state.isWelcoming, let room = state.rooms[address] else { return false }
        return defersEvents(of: room)
    }

    /// Puts an event into the backlog of its room. Properties for which the members wait are taken at once.
    func keep(_ event: Event, in address: RoomAddress, _ user: User) {
        guard let room = room(address, of: user) else { return }
        if room.awaitsProperties, case .room(_, .propertiesChanged(let properties)) = event {
            room.properties = properties
            return waitEnded(WaitForProperties(user: user.id, room: address))
        }
        room.backlog.append(.event(event))
        if room.backlog.count >= Room.longestBacklog {
            accounts.updatePause(of: accounts.account(of: user, on: address.network), user)
        }
    }

    /// Whether a network must wait, because the backlog of one of its rooms is too long.
    func hasLongBacklog(_ user: User, _ network: NetworkID) -> Bool {
        guard let state = states[user], state.isWelcoming else { return false }
        return state.rooms.values.contains {
            $0.address.network == network && $0.backlog.count >= Room.longestBacklog
        }
    }

    /// Handles the whole backlog of a room when the stream breaks. Occupants that were sent may be lost, so
    /// `restartWelcomes` sends all of them again after the reconnect. Until then events change the room at once.
    func handleBacklogNow(of room: Room, _ user: User) {
        let account = accounts.account(of: user, on: room.address.network)
        let waiting = room.backlog
        room.backlog = []
        for next in waiting { tell(next, in: room, of: account, user) }
    }

    /// Begins all welcomes of a room anew. Call it when the stream has opened.
    func restartWelcomes(of room: Room) {
        for index in room.welcomes.indices { room.welcomes[index].next = room.occupants.startIndex }
    }
}
