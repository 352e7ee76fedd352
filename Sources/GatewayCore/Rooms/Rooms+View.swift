import GatewayKit
import XML
import XMPP

/// Sends the stanzas that show a room to a member: presence, missed messages, the subject (XEP-0045 §7.2).
extension Rooms {
    /// Ends an entry after the presence of all other occupants: sends the member's own presence with status 110, then
    /// the missed messages, then the subject (XEP-0045 §7.2.2, §7.2.3, §7.2.13, §7.2.15). There is no other history.
    func finishWelcome(of member: Room.Member, into room: Room, _ user: User) {
        let own = room.occupants[room.nick] ?? Occupant(nick: room.nick, rank: .none, address: selfAddress(room))
        var codes: [RoomStatus] = [.selfPresence]
        if room.isNew { codes.append(.roomCreated) }
        if member.wantedNick != room.nick { codes.append(.nickModified) }
        sendPresence(of: own, to: member, in: room, codes: codes)
        room.isNew = false
        room.update(member.jid) {
            $0.isInside = true
            $0.isWaiting = false
            $0.staleNick = nil
            $0.wantedNick = room.nick
        }
        room.unseen?.isShown = true
        home.fence(NoteSlip(Self.id, UnconfirmedNote.entry(user.id, room.address, member.jid)))
        sendMissed(to: member.jid, in: room)
        if !room.members.contains(where: { !$0.isInside || $0.mayBeGone }) { missedWasSent(in: room, of: user.id) }
        sendSubject(room.topic, to: member)
        for subscriber in kernel.routes.moments.roomEntered { subscriber(user, room.address, room.nick) }
    }

    /// Shows a member inside the user's own occupant once more. Does nothing if the occupant has another nick.
    func showOwn(_ nick: String, in address: RoomAddress, to client: JID, _ user: User) {
        guard let room = room(address, of: user), room.phase == .inside, room.nick == nick,
            let member = room.member(client), member.seesChanges, let own = room.occupants[nick]
        else { return }
        sendPresence(of: own, to: member, in: room, codes: [.selfPresence])
    }

    private func selfAddress(_ room: Room) -> PeerAddress {
        PeerAddress(network: room.address.network, name: room.nick)
    }

    /// Sends the presence of an occupant to a member. With status 110 the presence is the user's own, and shows the
    /// member's JID.
    func sendPresence(of occupant: Occupant, to member: Room.Member, in room: Room, codes: [RoomStatus] = []) {
        let isSelf = codes.contains(.selfPresence)
        guard let from = speaker(occupant.nick, in: member.room) else { return kernel.count(.stanzasIgnored) }
        let item = MUC.Item(
            affiliation: occupant.rank.affiliation, role: room.role(of: occupant),
            jid: isSelf ? member.jid : shownAddress(of: occupant, in: room))
        let head = StanzaHead(to: member.jid, from: from, occupantID: room.occupantIDs.id(of: occupant.nick))
        let user = MUCUser(items: [item], statuses: codes.map(\.rawValue)).element
        let hats = occupant.hats.map { [user, $0] } ?? [user]
        guard case .away(let words)? = occupant.details?.availability else {
            return home.send(Presence(head, payload: hats))
        }
        home.send(Presence(head, show: .away, status: words, payload: hats))
    }

    /// The address of an occupant, if the user may see it; otherwise nil.
    private func shownAddress(of occupant: Occupant, in room: Room) -> JID? {
        room.showsAddresses ? kernel.addresses.jid(.peer(occupant.address)) : nil
    }

    /// Shows a member that an occupant has another nick (XEP-0045 §7.6).
    ///
    /// - Parameter own: the status codes of the new presence, if the occupant is the user; empty if not.
    func showRename(
        of before: Occupant, to after: Occupant, in room: Room, own: [RoomStatus], to member: Room.Member
    ) {
        let item = MUC.Item(affiliation: before.rank.affiliation, role: room.role(of: before), nick: after.nick)
        let id = room.occupantIDs.id(of: after.nick)
        sendUnavailable(
            of: before, id: id, to: member, item: item, codes: [.nickChanged] + own.filter { $0 == .selfPresence })
        sendPresence(of: after, to: member, in: room, codes: own)
    }

    /// Shows a member that an occupant has left.
    func sendUnavailable(of occupant: Occupant, to member: Room.Member, in room: Room) {
        sendUnavailable(of: occupant, id: room.occupantIDs.id(of: occupant.nick), to: member)
    }

    /// Sends an unavailable presence of an occupant to a member: the occupant has left or changes the nick.
    ///
    /// - Parameters:
    ///   - id: the occupant id. The nick alone may not give it any more.
    ///   - item: replaces the item with the occupant's affiliation and the role `none`.
    func sendUnavailable(
        of occupant: Occupant, id: String, to member: Room.Member, status: String? = nil, item: MUC.Item? = nil,
        codes: [RoomStatus] = []
    ) {
        guard let from = speaker(occupant.nick, in: member.room) else { return }
        let item = item ?? MUC.Item(affiliation: occupant.rank.affiliation, role: MUC.Role.none)
        let head = StanzaHead(to: member.jid, from: from, occupantID: id)
        home.send(
            Presence(
                head, type: .unavailable, status: status,
                payload: [MUCUser(items: [item], statuses: codes.map(\.rawValue)).element]))
    }

    /// The presence that tells a member that it is out of the room.
    ///
    /// - Parameter item: replaces the item with affiliation and role `none` and the member's JID.
    func selfUnavailable(
        to member: Room.Member, nick: String, status: String?, item: MUC.Item? = nil, codes: [RoomStatus]
    ) -> Presence? {
        guard let from = speaker(nick, in: member.room) else { return nil }
        let item = item ?? MUC.Item(affiliation: MUC.Affiliation.none, role: MUC.Role.none, jid: member.jid)
        let head = StanzaHead(to: member.jid, from: from)
        return Presence(
            head, type: .unavailable, status: status,
            payload: [MUCUser(items: [item], statuses: codes.map(\.rawValue)).element])
    }

    /// Tells a member that it is out of the room.
    func sendSelfUnavailable(to member: Room.Member, nick: String, status: String?, codes: [RoomStatus]) {
        selfUnavailable(to: member, nick: nick, status: status, codes: codes).map { home.send($0) }
    }

    /// Sends the subject to a member; an empty one if no topic is set. It is the last stanza of an entry (XEP-0045
    /// §7.2.15).
    ///
    /// - Parameter id: the id of a change of the subject; nil at an entry.
    func sendSubject(_ topic: Topic?, to member: Room.Member, id: String? = nil) {
        let author = topic?.author.flatMap { try? member.room.with(resource: $0) }
        let head = StanzaHead(to: member.jid, from: author ?? member.room, id: id, stableID: id)
        var payload = [Message.subject(topic?.text ?? "")]
        if let time = topic?.setAt {
            payload.append(Delay(stamp: time.secondsSince1970, from: member.room).element)
        }
        home.send(Message(head, type: .groupchat, payload: payload))
    }

    /// The `from` of a room's stanza: the occupant JID for a shown nick, or the room JID if the room itself speaks. Nil
    /// if the nick is no valid resource.
    func speaker(_ nick: String?, in room: JID) -> JID? {
        guard let nick else { return room }
        return try? room.with(resource: nick)
    }

    /// The `from` of words of the room itself for a member. For a client that shows nothing of the bare room JID, the room
    /// has a nick: its own name, which begins with a character that no nick begins with. If an occupant has the name
    /// nevertheless, it is the bare JID for that client, too.
    func ownAddress(of room: Room, for member: Room.Member) -> JID {
        guard member.needsRoomNick, room.occupants[room.address.name] == nil else { return member.room }
        return (try? member.room.with(resource: room.address.name)) ?? member.room
    }

    /// The `from` of words of the room itself for a client; nil if the client is not in the room.
    func ownAddress(of address: RoomAddress, for client: JID, _ user: User) -> JID? {
        guard let room = room(address, of: user), let member = room.member(client) else { return nil }
        return ownAddress(of: room, for: member)
    }

    /// The `from` of a kept message for a member; nil if its nick is no valid resource.
    private func speaker(of missed: RoomMessage, in room: Room, to member: Room.Member) -> JID? {
        missed.isOfRoom ? ownAddress(of: room, for: member) : speaker(missed.nick, in: member.room)
    }

    /// Whether a client is Gajim, by its capabilities (XEP-0115). Up to version 1.7, it shows no message that comes from
    /// the bare JID of a room.
    static func needsRoomNick(_ presence: Presence) -> Bool {
        presence.first("c", namespace: EntityCapabilities.namespace)?[attribute: "node"] == "https://gajim.org"
    }

    /// Sends a member the missed messages that it has not been sent yet, with delay stamps (XEP-0203).
    ///
    /// - Parameter end: the count of ordered effects at which to stop (`Kernel.orderedCount`).
    /// - Returns: true if the member has been sent all missed messages.
    @discardableResult
    func sendMissed(to jid: JID, in room: Room, upTo end: Int = .max) -> Bool {
        guard let index = room.members.firstIndex(where: { $0.jid == jid }) else { return true }
        let dropped = room.missedCount - room.missed.count
        var next = max(room.members[index].shownMissed, dropped)
        while next < room.missedCount, kernel.orderedCount < end {
            sendMissed(room.missed[next - dropped], in: room, to: room.members[index])
            next += 1
        }
        room.members[index].shownMissed = next
        return next == room.missedCount
    }

    private func sendMissed(_ missed: RoomMessage, in room: Room, to member: Room.Member) {
        guard let from = speaker(of: missed, in: room, to: member) else { return }
        let head = StanzaHead(
            to: member.jid, from: from, id: missed.id, stableID: missed.id, occupantID: missed.occupantID)
        let delay = Delay(stamp: missed.at.secondsSince1970, from: member.room)
        home.send(Message(head, type: .groupchat, payload: missed.payload + [delay.element]))
    }
}
