import GatewayKit
import XML
import XMPP

/// What is said in rooms, both ways (XEP-0045 §7.4, §8.1).
extension Switchboard {
    /// A message to a room. It is reflected to its sender when the network has it, not before.
    func receivedRoomMessage(_ message: Message, from: JID, room address: RoomAddress) {
        guard message.type == .groupchat else { return receivedInvitation(message, from: from, room: address) }
        guard let session = existingSession(of: from), let room = session.rooms[address],
            room.member(from)?.isInside == true
        else {
            return refuse(message, StanzaError(.modify, .notAcceptable, "You are not in this room. Join it first."))
        }
        guard let body = message.body, !body.isEmpty else {
            if message.body == nil, let subject = message.subject {
                return setTopic(subject, message, room: address, session: session)
            }
            // Chat states and the like: the network has no such thing, and nobody misses it.
            return count(.stanzasIgnored)
        }
        guard (message.head.id?.utf8.count ?? 0) <= Self.longestID else {
            let words = "The id of this message is longer than \(Self.longestID) bytes."
            return refuse(message, StanzaError(.modify, .policyViolation, words))
        }
        let account = session.account(on: address.network)
        do throws(StanzaError) {
            let outbound = try outbound(body, to: .room(address), of: session, as: account)
            count(.messagesOut)
            let action = Request.Action.send(.text(outbound), to: .room(address))
            perform(action, for: session, as: account, because: .groupMessage(address, message))
        } catch {
            refuse(message, error)
        }
    }

    /// Anything but groupchat to a room itself: an invitation for somebody, or a mistake.
    private func receivedInvitation(_ message: Message, from: JID, room: RoomAddress) {
        refuse(
            message,
            StanzaError(.modify, .badRequest, "Messages to a room must be of type groupchat (XEP-0045 §7.4)."))
    }

    /// Reads a body against what the network can do, and how much it has still to do for this user.
    func outbound(_ body: String, to address: Address, of session: Session, as account: AccountID) throws(StanzaError)
        -> Text
    {
        guard mayAsk(session), ledger.open.count(of: session.user) < settings.limits.waitingPerUser else {
            throw .tooManyRequests
        }
        let longest = world.capabilities(account, address)?.limits.textBytes ?? Self.longestText
        if body.utf8.count > longest {
            let text = "The message is too long: \(body.utf8.count) bytes, and the network takes \(longest)."
            throw StanzaError(.modify, .policyViolation, text)
        }
        guard body.utf8.starts(with: "/me ".utf8) else { return Text(body) }
        return Text(String(Substring(body.utf8.dropFirst(4))), form: .action)
    }

    /// Bytes of a text where the network names no limit of its own.
    private static var longestText: Int { 65_536 }

    private func setTopic(_ subject: String, _ message: Message, room: RoomAddress, session: Session) {
        guard mayAsk(session) else { return refuse(message, .tooManyRequests) }
        perform(.room(room, .topic(subject)), for: session, on: room.network, because: .topic(message))
    }

    /// The network has a message: all resources of its sender see it now, with its own id.
    func reflect(_ message: Message, in address: RoomAddress, session: Session) {
        guard let room = session.rooms[address] else { return }
        guard !defersEvents(of: room) else { return room.backlog.append(.reflection(message)) }
        let payload = message.payload.filter { Self.isReflected($0) }
        // One stanza becomes as many as there are clients: they count as sent by the user.
        if room.members.count > 1 {
            stanzaAllowances.charge(session.jid, room.members.count - 1, now: world.now)
        }
        for member in room.members where member.isInside {
            guard let from = speaker(room.nick, in: member.room) else { continue }
            let head = StanzaHead(to: member.jid, from: from, id: message.head.id, lang: message.head.shortLang)
            deliver(.direct(Message(head, type: .groupchat, payload: payload)))
        }
    }

    /// Only what others could see of it is shown to the sender too; stanza-ids of others are not ours to give
    /// (XEP-0359 §4).
    private static func isReflected(_ element: Element) -> Bool {
        switch (element.name, element.namespace) {
        case ("body", Stanza.namespace): true
        case ("thread", Stanza.namespace): element.text.utf8.count <= longestID
        case ("origin-id", StanzaID.namespace): element[attribute: "id"].map { $0.utf8.count <= longestID } ?? false
        default: false
        }
    }

    /// Bytes of an id or a thread. Longer ones would be multiplied by the number of the user's clients.
    private static var longestID: Int { 1_024 }

    /// What is said reaches every resource that is in. While nobody can be reached, the room keeps it.
    func heard(_ message: InboundMessage, in address: RoomAddress, nick: String?, session: Session) {
        guard let room = session.rooms[address], let body = message.visibleBody else { return count(.stanzasIgnored) }
        count(.messagesIn)
        let said = MissedMessage(
            nick: nick, body: body, id: world.newID(), at: message.sentAt ?? world.now())
        guard isLinkOpen, !room.members.isEmpty else {
            room.miss(said, atMost: settings.limits.missedPerRoom)
            return
        }
        // It is sent, and may come back from a server that has lost the resource.
        if room.members.contains(where: \.isDoubtful) { room.miss(said, atMost: settings.limits.missedPerRoom) }
        for member in room.members where member.isInside {
            guard let from = speaker(nick, in: member.room) else { continue }
            var payload: [Element] = [Message.body(said.body)]
            if let sentAt = message.sentAt {
                payload.append(Delay(stamp: sentAt.secondsSince1970, from: member.room).element)
            }
            send(Message(StanzaHead(to: member.jid, from: from, id: said.id), type: .groupchat, payload: payload))
        }
        outbox.sent(.said(session.user, address, said))
        planFence()
    }
}

extension StanzaHead {
    /// The language tag, or nil if it is longer than 128 bytes (RFC 5646 §4.4.1 requires support for 35).
    fileprivate var shortLang: String? { lang.flatMap { $0.utf8.count <= 128 ? $0 : nil } }
}

extension InboundMessage {
    /// The text as clients show it: actions in the `/me` form (XEP-0245). Nil for anything but a text.
    var visibleBody: String? {
        guard case .text(let text) = content else { return nil }
        return text.form == .action ? "/me \(text.body)" : text.body
    }
}
