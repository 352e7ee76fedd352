import DequeModule
import GatewayKit
import XMPP

/// The welcome into a room with more occupants than one turn of the loop should show: a slice at a time, while
/// everybody else is served in between. Events of the room wait until it is over, so that the order of an entry
/// (XEP-0045 §7.2) stays what it is for small rooms, and the occupants do not change under it.
extension Switchboard {
    /// Sends the next slice of occupants to the first resource that waits for its welcome. Once every resource has been
    /// welcomed, it sends the events that happened in the room meanwhile. True if nothing is left to send.
    func continueWelcome(_ room: Room, of session: Session) -> Bool {
        let last = orderedCount + settings.limits.slice
        while orderedCount < last, !room.welcomes.isEmpty { showSlice(of: room, session: session, upTo: last) }
        if room.welcomes.isEmpty { tellBacklog(of: room, session: session, upTo: last) }
        session.isWelcoming = session.rooms.values.contains { $0.isShowing }
        defer { dropIfIdle(session) }
        return !room.isShowing
    }

    private func showSlice(of room: Room, session: Session, upTo last: Int) {
        guard var welcome = room.welcomes.first else { return }
        guard let member = room.member(welcome.jid) else { return room.welcomes.removeAll { $0.jid == welcome.jid } }
        while orderedCount < last, welcome.next != room.occupants.endIndex {
            let occupant = room.occupants[welcome.next].value
            if occupant.nick != room.nick { sendPresence(of: occupant, to: member) }
            room.occupants.formIndex(after: &welcome.next)
        }
        guard welcome.next == room.occupants.endIndex else { return room.welcomes[0] = welcome }
        room.welcomes.removeFirst()
        finishWelcome(of: member, into: room, session: session)
    }

    /// Events may begin another welcome; the rest waits for it in turn.
    private func tellBacklog(of room: Room, session: Session, upTo last: Int) {
        room.isTellingBacklog = true
        defer { room.isTellingBacklog = false }
        let account = AccountID(user: session.user, network: room.address.network)
        while orderedCount < last, room.welcomes.isEmpty, let next = room.backlog.popFirst() {
            tell(next, in: room, of: account, session: session)
        }
        updatePause(of: account, session: session)
    }

    /// Whether what happens in a room waits until everybody there has been welcomed.
    func defersEvents(of room: Room) -> Bool { isLinkOpen && room.defers }

    /// Puts an event of a room into its backlog if it has to wait for its turn; false if it need not.
    func deferIfShowing(_ event: Event, of session: Session) -> Bool {
        guard session.isWelcoming, let address = event.room, let room = session.rooms[address], defersEvents(of: room)
        else {
            return false
        }
        room.backlog.append(.event(event))
        if room.backlog.count == Room.longestBacklog {
            updatePause(of: AccountID(user: session.user, network: address.network), session: session)
        }
        return true
    }

    /// Ends all welcomes of a room when the stream to the server breaks. The occupants that were sent may not have
    /// arrived, so all of them are sent again after the reconnect. Until then events change the room at once.
    func interruptWelcomes(of room: Room, session: Session) {
        let account = AccountID(user: session.user, network: room.address.network)
        let waiting = room.backlog
        room.backlog = []
        for next in waiting { tell(next, in: room, of: account, session: session) }
    }

    private func tell(_ deferred: Deferred, in room: Room, of account: AccountID, session: Session) {
        switch deferred {
        case .event(let event): received(live: event, of: account, session: session)
        case .reflection(let message): reflect(message, in: room.address, session: session)
        }
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
