import DequeModule
import GatewayKit
import Logging
import XML
import XMPP

/// Bookmarks the rooms that users enter, in the users' own accounts (XEP-0402), if the operator wants it and the server
/// lets the gateway do it (XEP-0356). All clients of the user then enter the rooms. A bookmark that exists stays as it
/// is.
///
/// After a long break of a network, the gateway stores the bookmarks of its rooms again, as they are. Clients such as Dino
/// enter a room at once when its bookmark is news. Otherwise they come back only when they next look for themselves.
final class Bookmarks: Feature {
    private static let id: FeatureID = "bookmarks"

    private let kernel: Kernel
    private let privileges: Privileges
    private let states: UserTable<BookmarksOfUser>
    /// The servers whose refusal of a bookmark was logged since the stream opened.
    private var loggedServers: Set<String> = []
    private static let mostLoggedServers = 100

    /// The rooms for which the gateway has asked for a bookmark.
    private final class BookmarksOfUser {
        private var rooms: Set<RoomAddress> = []
        /// The same rooms, oldest first.
        private var order: Deque<RoomAddress> = []

        /// Adds a room. Returns false if it is there already. If there are `most` rooms, the oldest is dropped.
        func add(_ room: RoomAddress, most: Int) -> Bool {
            guard rooms.insert(room).inserted else { return false }
            order.append(room)
            if order.count > most { rooms.remove(order.removeFirst()) }
            return true
        }

        /// Removes a room, so that it is looked for again when the user enters it.
        func remove(_ room: RoomAddress) {
            guard rooms.remove(room) != nil else { return }
            order.removeAll { $0 == room }
        }
    }

    /// A query about the bookmark of a room.
    private struct Pending: Note {
        /// Whether the bookmark is being stored. Otherwise it is being looked for.
        var isPublication = false
        let user: UserID
        let room: JID
        let name: String
        let nick: String
    }

    /// The queries about the bookmarks of a user who has unregistered: first all bookmarks are read, then those that
    /// the gateway has made are removed.
    private enum Removal: Note {
        case reading(UserID)
        case removing
    }

    /// The queries about the bookmark of a room whose network has come back: first it is read, then it is stored again.
    private enum Renewal: Note {
        case reading(UserID, JID)
        case storing
    }

    init(_ kernel: Kernel, _ privileges: Privileges) {
        self.kernel = kernel
        self.privileges = privileges
        states = UserTable(kernel)
    }

    func register(in routes: inout Routes) {
        guard kernel.settings.bookmarksRooms else { return }
        routes.moments.roomEntered.append { [self] in entered($0, $1, nick: $2) }
        routes.moments.roomReturned.append { [self] in returned($0, $1) }
        routes.notes(
            Self.id, NoteRoutes(answered: { [self] in answered($0, $1) }, notAsked: { [self] in answered($0, nil) }))
        // All queries are lost with the stream.
        routes.moments.linkClosed.append { [self] in linkClosed() }
        routes.moments.unregistered.append { [self] in unregistered($0) }
    }

    private func linkClosed() {
        loggedServers = []
        for user in kernel.users.loaded { states[user] = nil }
    }

    private func entered(_ user: User, _ room: RoomAddress, nick: String) {
        guard privileges.grant(for: user.jid) != nil, let jid = kernel.addresses.jid(.room(room)) else { return }
        let state = states[user] ?? BookmarksOfUser()
        states[user] = state
        guard state.add(room, most: kernel.settings.limits.roomsPerUser) else { return }
        let note = Pending(user: user.id, room: jid, name: room.name, nick: nick)
        if !ask(.get, RoomBookmark.request(jid), user.jid, then: note) { state.remove(room) }
    }

    private func answered(_ note: any Note, _ answer: IQ?) {
        if case .reading(let user)? = note as? Removal { return remove(user, answer) }
        if case .reading(let user, let room)? = note as? Renewal { return renew(user, room, answer) }
        guard let note = note as? Pending, let user = kernel.users[note.user] else { return }
        guard let inner = privileges.answer(in: answer, for: user.jid) else {
            let condition = answer?.stanzaError?.condition.rawValue ?? "no answer"
            return failed(note, user, condition)
        }
        guard !note.isPublication else {
            if inner.type != .result { failed(note, user, inner.stanzaError?.condition.rawValue ?? "an error") }
            return
        }
        if let payload = inner.payload.first, inner.type == .result, RoomBookmark.isContained(in: payload) { return }
        guard inner.type == .result || inner.stanzaError?.condition == .itemNotFound else {
            return failed(note, user, inner.stanzaError?.condition.rawValue ?? "an error")
        }
        let bookmark = RoomBookmark(name: note.name, isEntered: true, nick: note.nick, maker: kernel.gateway)
        var publication = note
        publication.isPublication = true
        if !ask(.set, bookmark.publication(of: note.room), user.jid, then: publication) {
            failed(note, user, "no privilege")
        }
    }

    /// The room has no bookmark. It is tried again when the user enters the room again.
    private func failed(_ note: Pending, _ user: User, _ reason: String) {
        if case .success(.room(let room)) = kernel.target(of: note.room) { states[user]?.remove(room) }
        guard loggedServers.count < Self.mostLoggedServers, loggedServers.insert(user.jid.domain).inserted else {
            return
        }
        kernel.log(
            .notice, "the XMPP server does not let the gateway bookmark a room; this is logged once for each server",
            ["server": "\(user.jid.domain)", "error": "\(reason)"])
    }

    // MARK: Renewal

    private func returned(_ user: User, _ room: RoomAddress) {
        guard privileges.grant(for: user.jid) != nil, let jid = kernel.addresses.jid(.room(room)) else { return }
        _ = ask(.get, RoomBookmark.request(jid), user.jid, then: Renewal.reading(user.id, jid))
    }

    /// Stores a bookmark again as it is, if it still asks for automatic entry.
    private func renew(_ user: UserID, _ room: JID, _ answer: IQ?) {
        guard let jid = try? JID(user.rawValue), let inner = privileges.answer(in: answer, for: jid),
            inner.type == .result, let bookmark = inner.payload.first.flatMap(RoomBookmark.entered)
        else { return }
        _ = ask(.set, RoomBookmark.publication(of: bookmark, room), jid, then: Renewal.storing)
    }

    // MARK: Removal

    /// A user has unregistered: asks for the user's bookmarks, to remove those that the gateway has made. Otherwise the
    /// user's clients would enter the rooms again.
    private func unregistered(_ user: User) {
        states[user] = nil
        _ = ask(.get, RoomBookmark.requestForAll, user.jid, then: Removal.reading(user.id))
    }

    private func remove(_ user: UserID, _ answer: IQ?) {
        guard let jid = try? JID(user.rawValue), let payload = privileges.answer(in: answer, for: jid)?.payload.first
        else { return }
        let made = RoomBookmark.all(in: payload).filter {
            $0.bookmark.maker == kernel.gateway && $0.room.domain == kernel.settings.domain.domain
        }
        for (room, _) in made.prefix(kernel.settings.limits.roomsPerUser) {
            _ = ask(.set, RoomBookmark.retraction(of: room), jid, then: Removal.removing)
        }
    }

    /// Returns false if the gateway may not ask.
    private func ask(_ type: IQ.Kind, _ payload: Element, _ user: JID, then note: any Note) -> Bool {
        let iq = IQ(StanzaHead(to: user, from: user), type: type, payload: [payload])
        return privileges.query(iq, inNameOf: user, then: NoteSlip(Self.id, note))
    }
}
