import DequeModule
import GatewayKit
import XMPP

/// The welcome into a room: the presence of everybody there, a slice at a time, while all other users are served in
/// between. Events of the room wait until it is over, so that the order of an entry (XEP-0045 §7.2) stays what it is for
/// small rooms, and the occupants do not change under it.
extension Rooms {
    /// The work that `Rooms` does in slices.
    enum Job: Hashable {
        /// The occupants of a room, and then its events since the first of its welcomes began.
        case welcome(RoomAddress)
        /// Asks the user's resources in a room whether they are still there: the stream was broken.
        case check(RoomAddress)
    }

    func doSlice(_ task: AnyHashable, of id: UserID) -> Bool {
        guard let task = task.base as? Job, let user = kernel.users[id] else { return true }
        switch task {
        case .check(let address):
            guard let room = room(address, of: user) else { return true }
            return checkMembers(of: room, user)
        case .welcome(let address):
            guard let room = room(address, of: user) else {
                // Its backlog may have been why the network has to wait.
                accounts.updatePause(of: accounts.account(of: user, on: address.network), user)
                return true
            }
            return continueWelcome(room, user)
        }
    }

    /// Shows the room to a resource that enters.
    func welcome(_ jid: JID, into room: Room, _ user: User) {
        room.welcomes.removeAll { $0.jid == jid }
        room.welcomes.append(Welcome(jid: jid, next: room.occupants.startIndex))
        state(of: user).isWelcoming = true
        slices.begin(SlicedJob(Self.id, Job.welcome(room.address)), for: user.id)
    }

    /// Sends the next slice of occupants to the first resource that waits for its welcome. Once every resource has been
    /// welcomed, it sends the events that happened in the room meanwhile. True if nothing is left to send.
    private func continueWelcome(_ room: Room, _ user: User) -> Bool {
        let end = slices.end
        while kernel.orderedCount < end, !room.welcomes.isEmpty { showSlice(of: room, user, upTo: end) }
        if room.welcomes.isEmpty { tellBacklog(of: room, user, upTo: end) }
        let state = state(of: user)
        state.isWelcoming = state.rooms.values.contains { $0.isShowing }
        return !room.isShowing
    }

    private func showSlice(of room: Room, _ user: User, upTo end: Int) {
        guard var welcome = room.welcomes.first else { return }
        guard let member = room.member(welcome.jid) else { return room.welcomes.removeAll { $0.jid == welcome.jid } }
        while kernel.orderedCount < end, welcome.next != room.occupants.endIndex {
            let occupant = room.occupants[welcome.next].value
            if occupant.nick != room.nick { sendPresence(of: occupant, to: member) }
            room.occupants.formIndex(after: &welcome.next)
        }
        guard welcome.next == room.occupants.endIndex else { return room.welcomes[0] = welcome }
        room.welcomes.removeFirst()
        finishWelcome(of: member, into: room, user)
    }

    /// Events may begin another welcome; the rest waits for it in turn.
    private func tellBacklog(of room: Room, _ user: User, upTo end: Int) {
        room.isTellingBacklog = true
        defer { room.isTellingBacklog = false }
        let account = accounts.account(of: user, on: room.address.network)
        while kernel.orderedCount < end, room.welcomes.isEmpty, let next = room.backlog.popFirst() {
            tell(next, in: room, of: account, user)
        }
        accounts.updatePause(of: account, user)
    }

    private func tell(_ deferred: Deferred, in room: Room, of account: AccountID, _ user: User) {
        switch deferred {
        case .event(let event): dispatch.handle(event, of: account, user)
        case .reflection(let message, let name): reflect(message, named: name, in: room.address, user)
        }
    }

    /// Whether what happens in a room waits until every resource there has been welcomed.
    func defersEvents(of room: Room) -> Bool { kernel.isLinkOpen && room.defers }

    /// Puts an event of a room into its backlog if it has to wait for its turn; false if it need not.
    func hold(_ event: Event, _ user: User) -> Bool {
        guard let state = states[user], state.isWelcoming, let address = event.room, let room = state.rooms[address],
            defersEvents(of: room)
        else { return false }
        room.backlog.append(.event(event))
        if room.backlog.count >= Room.longestBacklog {
            accounts.updatePause(of: accounts.account(of: user, on: address.network), user)
        }
        return true
    }

    /// Whether a network has to wait until the backlogs of its rooms are told.
    func isBehind(_ user: User, _ network: NetworkID) -> Bool {
        guard let state = states[user], state.isWelcoming else { return false }
        return state.rooms.values.contains {
            $0.address.network == network && $0.backlog.count >= Room.longestBacklog
        }
    }

    /// Ends all welcomes of a room when the stream to the server breaks. The occupants that were sent may not have
    /// arrived, so all of them are sent again after the reconnect. Until then events change the room at once.
    func interruptWelcomes(of room: Room, _ user: User) {
        let account = accounts.account(of: user, on: room.address.network)
        let waiting = room.backlog
        room.backlog = []
        for next in waiting { tell(next, in: room, of: account, user) }
    }

    /// Begins all welcomes anew. Call it when the stream has opened.
    func restartWelcomes(of room: Room) {
        for index in room.welcomes.indices { room.welcomes[index].next = room.occupants.startIndex }
    }
}

extension Event {
    /// The room in which it happened; nil for what belongs to no room, and for outcomes of requests.
    fileprivate var room: RoomAddress? {
        switch self {
        case .message(let message): if case .room(let room, _) = message.origin { room } else { nil }
        case .room(let room, _): room
        case .outcome, .peer, .answer, .state: nil
        }
    }
}
