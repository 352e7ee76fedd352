import GatewayKit
import XML
import XMPP

/// Passes messages to and from rooms (XEP-0045 §7.4, §8.1).
extension Rooms {
    /// Handles a message of the user to a room. The message is reflected once the network has accepted it, not before.
    func messageReceived(_ message: Message, _ user: User, _ target: Target) {
        guard case .room(let address) = target, let from = message.head.from else { return }
        do throws(StanzaError) {
            try send(message, from, in: address, user)
        } catch {
            home.refuse(message, error)
            if error == .notInRoom { tellOutside(from, in: address, message, user) }
        }
    }

    /// Tells a client that has sent a room message from outside that it is out of the room. After a crash of the
    /// gateway, some clients go on believing to be in.
    private func tellOutside(_ client: JID, in address: RoomAddress, _ message: Message, _ user: User) {
        guard message.type == .groupchat, let to = message.head.to else { return }
        let nick =
            room(address, of: user)?.nick ?? accounts.nick(of: user, on: address.network)
            ?? accounts.settings(of: user, network: address.network)["nick"]
        // After a start of the gateway, the nick may be unknown. A presence of another occupant would help nobody: the
        // error tells the client enough.
        guard let nick, let occupant = speaker(nick, in: to.bare) else { return }
        tellOutside(client, at: occupant)
    }

    private func send(_ message: Message, _ from: JID, in address: RoomAddress, _ user: User) throws(StanzaError) {
        guard message.type == .groupchat else {
            // A request for a voice is a form (XEP-0045 §7.13).
            guard message.first("x", namespace: DataForm.namespace) == nil else {
                let words = "The network has no requests for a voice. Ask an operator of the channel."
                throw StanzaError(.featureNotImplemented, words)
            }
            let words = "Messages to a room must be of type groupchat (XEP-0045 §7.4)."
            throw StanzaError(.badRequest, words)
        }
        let room = try entered(address, by: from, of: user)
        // A message without words, such as a chat state (XEP-0085), gets no error while the network is away.
        guard message.body != nil || message.subject != nil || room.phase != .lost else {
            return kernel.count(.stanzasIgnored)
        }
        guard room.phase != .lost else { throw .networkAway }
        try message.refuseUntranslatable()
        guard let body = message.words(isStored: kernel.isStored(.room(address))), !body.isEmpty else {
            return try changeTopic(message, in: address, user)
        }
        guard (message.head.id?.utf8.count ?? 0) <= Self.longestID else {
            let words = "The id of this message is longer than \(Self.longestID) bytes."
            throw StanzaError(.policyViolation, words)
        }
        guard !SlashText.isBegun(by: body) else { return try sendSlashText(body, message, in: address, user) }
        try say(body, message, in: address, user)
    }

    private func say(
        _ body: String, _ message: Message, in address: RoomAddress, _ user: User
    ) throws(StanzaError) {
        let account = accounts.account(of: user, on: address.network)
        try accounts.perform(
            .send(.text(Text(said: body, in: message)), to: .room(address)), of: user, as: account,
            then: .groupMessage(address, message))
        kernel.count(.messagesOut)
    }

    /// Says a text that begins with a slash, unless it is a command.
    private func sendSlashText(
        _ body: String, _ message: Message, in address: RoomAddress, _ user: User
    ) throws(StanzaError) {
        guard let said = try kernel.routes.message(toSay: body, message, user, .room(address)) else { return }
        try say(said.words(isStored: kernel.isStored(.room(address))) ?? body, said, in: address, user)
    }

    /// Handles a message without a body. A subject changes the topic of the room. Anything else, such as a chat state
    /// (XEP-0085), is dropped.
    private func changeTopic(_ message: Message, in room: RoomAddress, _ user: User) throws(StanzaError) {
        guard !message.isEmptyText else { throw .withoutText }
        guard message.body == nil, let subject = message.subject, let sender = Sender(message.head) else {
            return kernel.count(.stanzasIgnored)
        }
        let account = accounts.account(of: user, on: room.network)
        let next = Continuation.note(NoteSlip(Self.id, Pending.topic(sender)))
        try accounts.perform(.room(room, .topic(subject)), of: user, as: account, then: next)
    }

    /// Handles the outcome of the request for a message: reflects the message, or answers it with an error.
    func messageEnded(_ message: Message, in address: RoomAddress, _ result: Result<MessageID?, Failure>, _ user: User)
    {
        switch result {
        case .success(let name): reflect(message, named: name, in: address, user)
        case .failure(let failure):
            kernel.count(.messagesFailed)
            home.refuse(message, kernel.error(for: failure))
        }
    }

    /// Sends an accepted message to all members inside, with the id that its sender has given to it. The reflection
    /// waits while a welcome is unfinished.
    ///
    /// - Parameter name: the id that the network has given to the message.
    func reflect(_ message: Message, named name: MessageID?, in address: RoomAddress, _ user: User) {
        guard let room = room(address, of: user) else { return }
        guard !defersEvents(of: room) else { return room.backlog.append(.reflection(message, name)) }
        let stanzaID = kernel.world.newID()
        if let name {
            references.add(stanzaID: stanzaID, alias: message.head.id, network: name, in: .room(address), of: user)
        }
        let payload = Self.reflected(message.payload, by: message.head.to)
        chargeForCopies(in: room, user)
        let occupantID = room.occupantIDs.id(of: room.nick)
        let members = room.members
        // Members are used in place: taking each out of the array would cost more than its message.
        for index in members.indices where members[index].isInside {
            guard let from = speaker(room.nick, in: members[index].room) else { continue }
            let head = StanzaHead(
                to: members[index].jid, from: from, id: message.head.id, lang: message.head.shortLang,
                stableID: stanzaID, occupantID: occupantID)
            home.deliver(.direct(Message(head, type: .groupchat, payload: payload)))
        }
    }

    /// Shows the user's clients an accepted message of the user that is no text, such as a reaction. It waits while a
    /// welcome is unfinished, so that it keeps its place among the user's texts.
    func reflect(_ payload: [Element], id: String?, in address: RoomAddress, _ user: User) {
        guard let room = room(address, of: user) else { return }
        guard !defersEvents(of: room) else { return room.backlog.append(.ownAction(payload, id: id)) }
        chargeForCopies(in: room, user)
        show(payload, by: room.nick, id: id, in: room)
    }

    /// Takes tokens from the user's allowance for the copies of a message. One stanza of the user becomes one stanza
    /// for each of the user's clients in the room; the first was paid for when it came in.
    private func chargeForCopies(in room: Room, _ user: User) {
        guard room.members.count > 1 else { return }
        kernel.stanzaAllowances.charge(user.jid, room.members.count - 1, now: kernel.world.now)
    }

    /// The elements of a message that are reflected: all but those that only the room may add. Fast for a message that
    /// has nothing but a body, as most have.
    private static func reflected(_ payload: [Element], by room: JID?) -> [Element] {
        if payload.count == 1, payload[0].name == "body", payload[0].namespace == Stanza.namespace { return payload }
        return payload.filter { isReflected($0, by: room) }
    }

    private static func isReflected(_ element: Element, by room: JID?) -> Bool {
        switch (element.name, element.namespace) {
        case ("body", Stanza.namespace), ("subject", Stanza.namespace): true
        case ("thread", Stanza.namespace): element.text.utf8.count <= longestID
        case (_, Stanza.namespace): false
        case ("origin-id", StanzaID.namespace): element[attribute: "id"].map { $0.utf8.count <= longestID } ?? false
        // Only the room may give a stanza-id in its own name. Those of others stay (XEP-0359 §3.1).
        case ("stanza-id", StanzaID.namespace):
            (try? StanzaID(element)).map { $0.by.bare != room?.bare && $0.id.utf8.count <= longestID } ?? false
        case (_, OccupantID.namespace), (_, Delay.namespace), (_, MUC.namespace), (_, MUCUser.namespace): false
        default: true
        }
    }

    /// The maximum of bytes in an id or a thread. A longer one would be copied for each of the user's clients.
    private static var longestID: Int { 1_024 }

    /// Sends an action of the user, such as a reaction, to all members inside.
    private func show(_ payload: [Element], by nick: String, id: String?, in room: Room) {
        let stanzaID = kernel.world.newID()
        for member in room.members where member.isInside {
            guard let from = speaker(nick, in: member.room) else { continue }
            let head = StanzaHead(
                to: member.jid, from: from, id: id, stableID: stanzaID, occupantID: room.occupantIDs.id(of: nick))
            home.deliver(.direct(Message(head, type: .groupchat, payload: payload)))
        }
    }

    /// Sends a text of the network to all members inside.
    ///
    /// - Parameter nick: the shown nick of the speaker; nil for the room itself.
    func textReceived(_ message: InboundMessage, _ text: Text, in address: RoomAddress, nick: String?, _ user: User) {
        guard let room = room(address, of: user) else { return kernel.count(.stanzasIgnored) }
        kernel.count(.messagesIn)
        let said = RoomMessage(
            nick: nick, payload: text.elements, id: kernel.world.newID(),
            occupantID: nick.map { room.occupantIDs.id(of: $0) }, at: message.sentAt ?? kernel.world.now())
        if let name = message.id { references.add(stanzaID: said.id, network: name, in: .room(address), of: user) }
        send(said, sentAt: message.sentAt, in: room, user)
    }

    /// Sends an action of an occupant, such as a reaction, to all members inside. It keeps its order among the texts.
    ///
    /// - Parameter nick: the shown nick of the occupant; nil for the room itself.
    func actionReceived(_ payload: [Element], in address: RoomAddress, nick: String?, _ user: User) {
        guard let room = room(address, of: user) else { return kernel.count(.stanzasIgnored) }
        let said = RoomMessage(
            nick: nick, payload: payload, id: kernel.world.newID(),
            occupantID: nick.map { room.occupantIDs.id(of: $0) }, at: kernel.world.now())
        send(said, sentAt: nil, in: room, user)
    }

    /// Lets the room itself say something to all members inside.
    func say(_ text: String, in room: Room, _ user: User) {
        // Masks such as `*!*@host` would be shown as emphasis.
        let containsMarks = text.utf8.contains { "*_~`".utf8.contains($0) }
        announce([Message.body(text)] + (containsMarks ? [Unstyled().element] : []), in: room, user)
    }

    /// Sends a message of the room itself to all members inside.
    func announce(_ payload: [Element], in room: Room, _ user: User) {
        guard room.members.contains(where: \.isInside) else { return }
        let id = kernel.world.newID()
        send(
            RoomMessage(nick: nil, payload: payload, id: id, occupantID: nil, at: kernel.world.now()),
            sentAt: nil, in: room, user)
    }

    /// Keeps a message that no member can be sent now. Counts and logs the message that is dropped for it.
    func miss(_ said: RoomMessage, in room: Room, _ user: UserID) {
        guard room.miss(said, atMost: kernel.settings.limits.missedPerRoom) else { return }
        home.report(HomeOutbox.Dropped(count: 1, most: user))
    }

    /// Sends a message of the network to all members inside. While no member can be reached, the room keeps it.
    ///
    /// - Parameter sentAt: when the message was sent, if that was earlier.
    private func send(_ said: consuming RoomMessage, sentAt: Timestamp?, in room: Room, _ user: User) {
        let limit = kernel.settings.limits.missedPerRoom
        guard kernel.isLinkOpen, !room.members.isEmpty else { return miss(said, in: room, user.id) }
        // The room is about to drop its oldest missed message, so the members inside get it now.
        if room.missed.count >= limit {
            for member in room.members where member.isInside { sendMissed(to: member.jid, in: room) }
        }
        let members = room.members
        let isOfRoom = said.isOfRoom
        // Members are used in place: taking each out of the array would cost more than its message.
        for index in members.indices where members[index].isInside {
            // A member that waits for missed messages gets this one behind them.
            guard room.missed.isEmpty || !room.owes(members[index]),
                let from = isOfRoom
                    ? ownAddress(of: room, for: members[index]) : speaker(said.nick, in: members[index].room)
            else { continue }
            let head = StanzaHead(
                to: members[index].jid, from: from, id: said.id, stableID: said.id, occupantID: said.occupantID)
            let delay = sentAt.map { Delay(stamp: $0.secondsSince1970, from: members[index].room).element }
            let payload = delay.map { said.payload + [$0] } ?? said.payload
            home.send(Message(head, type: .groupchat, payload: payload))
        }
        // The message was also sent to doubtful members, which may be gone. So the room keeps it, too.
        let hasDoubtful = members.indices.contains { members[$0].mayBeGone }
        if hasDoubtful || !room.missed.isEmpty { room.missSent(said, atMost: limit) }
        home.keepUntilConfirmed(said, in: room.address, of: user.id)
    }
}

extension StanzaHead {
    /// The language tag, or nil if it is longer than 128 bytes (RFC 5646 §4.4.1 requires support for 35).
    fileprivate var shortLang: String? { lang.flatMap { $0.utf8.count <= 128 ? $0 : nil } }
}
