import GatewayKit
import XML
import XMPP

/// Messages between a user and one person on the network, in both directions.
final class DirectMessages: Feature {
    let kernel: Kernel
    private let home: HomeStream
    private let accounts: Accounts
    private let references: References
    private let ledger: Ledger
    private let rooms: Rooms
    let privileges: Privileges
    let repeats: Repeats
    private let blockLists: BlockLists
    private let aliases: UserTable<PeerAliases>
    private let introductions: UserTable<IntroducedPeers>
    /// Limits how often `remindToRegister` writes to each user.
    private var reminders = Allowances(burst: 1, perSecond: 1.0 / 3_600)

    init(
        _ kernel: Kernel, _ home: HomeStream, _ accounts: Accounts, _ references: References, _ ledger: Ledger,
        _ rooms: Rooms, _ privileges: Privileges, _ repeats: Repeats, _ blockLists: BlockLists
    ) {
        self.kernel = kernel
        self.home = home
        self.accounts = accounts
        self.references = references
        self.ledger = ledger
        self.rooms = rooms
        self.privileges = privileges
        self.repeats = repeats
        self.blockLists = blockLists
        aliases = UserTable(kernel)
        introductions = UserTable(kernel)
    }

    func register(in routes: inout Routes) {
        routes.messages(to: [.peer, .occupant]) { [self] in received($0, $1, $2) }
        routes.events {
            $0.peerText = { [self] in textReceived($0, $1, from: $2, $3) }
            $0.directMessage = { [self] in messageEnded($0, $1, $2) }
        }
        routes.moments.unregistered.append { [self] in aliases[$0] = nil }
    }

    private func received(_ message: Message, _ user: User, _ target: Target) {
        do throws(StanzaError) {
            let peer = try peer(of: target, message, user)
            if let blocked = blockLists[user], blocked.blocks(address: .peer(peer)) { throw .blocked }
            try send(message, to: peer, user)
        } catch {
            home.refuse(message, error)
            if error == .registrationRequired { remindToRegister(message, user) }
        }
    }

    /// Tells a client that its user must register, because some clients show nothing of an error but that there was one.
    private func remindToRegister(_ message: Message, _ user: User) {
        guard let client = message.head.from, let to = message.head.to,
            reminders.take(user.jid, now: kernel.world.now)
        else { return }
        let words =
            "Your message to \(to.bare) was not sent, because you are not registered with this gateway. Send 'register'"
            + " here to begin."
        home.tell([words], client, from: kernel.settings.domain)
    }

    /// The person that a message is addressed to. Throws the refusal if there is none, or if the message is a
    /// groupchat (RFC 6121 §8.5.2.1.1, XEP-0045 §7.5).
    private func peer(of target: Target, _ message: Message, _ user: User) throws(StanzaError) -> PeerAddress {
        if case .peer(let peer) = target {
            guard message.type != .groupchat else {
                throw StanzaError(
                    .serviceUnavailable, "This is a person, not a room. Write a message of type chat.")
            }
            return peer
        }
        guard message.type != .groupchat else {
            let words = "A groupchat message goes to the room, not to an occupant."
            throw StanzaError(.badRequest, words)
        }
        return try person(at: target, for: message.head.from, user)
    }

    /// The person at an address, as seen by one resource of the user. An occupant JID leads to a person only for
    /// resources that are in the room (XEP-0045 §7.5).
    ///
    /// - Throws: the refusal for the resource.
    func person(at target: Target, for resource: JID?, _ user: User) throws(StanzaError) -> PeerAddress {
        switch target {
        case .peer(let peer): return peer
        case .occupant(let address, let nick):
            guard let resource, let room = rooms.room(address, of: user), room.member(resource) != nil else {
                throw .notInRoom
            }
            guard let occupant = room.occupants[nick] else { throw .nobodyCalled(nick) }
            return occupant.address
        case .gateway, .network, .room: throw .notServed
        }
    }

    private func send(_ message: Message, to peer: PeerAddress, _ user: User) throws(StanzaError) {
        try message.refuseUntranslatable()
        // Messages without words, such as receipts and chat states, have no counterpart on the network.
        let isStored = kernel.isStored(.peer(peer))
        guard let body = message.words(isStored: isStored), !body.isEmpty else {
            guard !message.isEmptyText else { throw .withoutText }
            return kernel.count(.stanzasIgnored)
        }
        if SlashText.isBegun(by: body) {
            guard let said = try kernel.routes.message(toSay: body, message, user, .peer(peer)) else { return }
            return try send(said.words(isStored: isStored) ?? body, said, to: peer, user)
        }
        try send(body, message, to: peer, user)
    }

    private func send(_ body: String, _ message: Message, to peer: PeerAddress, _ user: User) throws(StanzaError) {
        if message.type == .headline, kernel.isStored(.peer(peer)) { throw .headline }
        let account = try account(for: peer, message, user)
        guard !kernel.isStored(.peer(peer)) else {
            return try ledger.storeOutbound(message, body: body, to: .peer(peer), of: user, as: account)
        }
        try accounts.perform(
            .send(.text(Text(said: body, in: message)), to: .peer(peer)), of: user, as: account,
            then: .directMessage(message))
        kernel.count(.messagesOut)
    }

    /// The account that carries a message to a person. Opens its session if necessary. From now on, messages of the
    /// person come from the JID that this message was sent to.
    ///
    /// - Throws: the refusal for a user who may not send now or who is connected to too many networks.
    func account(for peer: PeerAddress, _ message: Message, _ user: User) throws(StanzaError) -> AccountID {
        try accounts.admit(user)
        let network = accounts.network(of: user, for: peer)
        let account = try accounts.openWithinLimit(network, for: user)
        if let to = message.head.to { remember(to, for: peer, user) }
        return account
    }

    private func remember(_ jid: JID, for peer: PeerAddress, _ user: User) {
        if let table = aliases[user] { return table.set(jid, for: peer) }
        let table = PeerAliases()
        aliases[user] = table
        table.set(jid, for: peer)
    }

    /// Takes the outcome of a message. An accepted message with an id of the network is kept in `References`. The
    /// sender of a failed message gets an error.
    private func messageEnded(_ message: Message, _ result: Result<MessageID?, Failure>, _ user: User) {
        switch result {
        case .success(let name?): addReference(to: message, as: name, user)
        case .success(nil): break
        case .failure(let failure):
            kernel.count(.messagesFailed)
            home.refuse(message, kernel.error(for: failure))
        }
    }

    private func addReference(to message: Message, as name: MessageID, _ user: User) {
        guard let id = message.head.id, let to = message.head.to, case .success(let target) = kernel.target(of: to),
            let peer = try? person(at: target, for: message.head.from, user)
        else { return }
        references.add(stanzaID: id, network: name, in: .peer(peer), of: user)
    }

    private func textReceived(_ message: InboundMessage, _ text: Text, from peer: PeerAddress, _ user: User) {
        guard let from = address(of: peer, for: user) else { return kernel.count(.stanzasIgnored) }
        guard !message.isOwn else { return showOwn(message, text, to: from, user) }
        if let blocked = blockLists[user], !blocked.conversations.isEmpty, isBlocked(peer, blocked, at: from, user) {
            return kernel.count(.messagesBlocked)
        }
        kernel.count(.messagesIn)
        var payload = text.elements
        let isFirst = from.resource == nil && isIntroduction(of: peer, to: user)
        if from.resource == nil,
            let name = message.displayName?.shownNick ?? (isFirst ? kernel.rules.title(of: peer) : nil)
        {
            payload.append(Nickname(name).element)
        }
        if let sentAt = message.sentAt {
            payload.append(Delay(stamp: sentAt.secondsSince1970, from: kernel.settings.domain).element)
        }
        show(payload, from: from, message.id.map { ($0, peer) }, to: user)
        guard isFirst else { return }
        let localpart = kernel.rules.localpart(of: .peer(peer))
        for subscriber in kernel.routes.moments.introduced { subscriber(user, localpart) }
    }

    /// Whether this is the first message of a person since the user was loaded. It has the name of the person (XEP-0172
    /// §4.2), because clients know none of a stranger.
    private func isIntroduction(of peer: PeerAddress, to user: User) -> Bool {
        if let known = introductions[user] { return known.add(peer) }
        introductions[user] = IntroducedPeers(peer)
        return true
    }

    /// Whether a user has blocked the private conversation in a room to which a person's message belongs.
    private func isBlocked(_ peer: PeerAddress, _ blocked: BlockList, at address: JID, _ user: User) -> Bool {
        if case .success(let target) = kernel.target(of: address), blocked.blocks(target: target) { return true }
        return blocked.conversations.contains { conversation in
            rooms.room(conversation.room, of: user)?.occupants[conversation.nick]?.address == peer
        }
    }

    /// The JID that a person's messages come from: the one that the user last wrote to, otherwise the person's own.
    /// Nil if the person has no valid JID.
    func address(of peer: PeerAddress, for user: User) -> JID? {
        aliases[user]?[peer] ?? kernel.addresses.jid(.peer(peer))
    }

    /// Handles a person's change of name. If the user has written to the person or has the person as a contact, tells
    /// the user the new address. A conversation within a room goes on with the new nick.
    func renamed(_ peer: PeerAddress, to new: PeerAddress, displayName: String?, isContact: Bool, _ user: User) {
        guard let alias = aliases[user]?.remove(peer) ?? (isContact ? kernel.addresses.jid(.peer(peer)) : nil),
            let address = kernel.addresses.jid(.peer(new))
        else { return }
        let name = (displayName ?? new.name).shownNick
        if alias.resource != nil, let occupant = try? alias.with(resource: name) {
            // The room shows the change.
            return remember(occupant, for: new, user)
        }
        let words = "\(peer.name) is \(name) now. Write to \(address) from now on (\(address.uri))."
        home.send(Message(StanzaHead(to: user.jid, from: alias, id: kernel.world.newID()), type: .chat, body: words))
    }

    /// Sends a user a chat message from a person.
    ///
    /// - Parameter name: the network's id of the message, and the person. It is kept in `References`. Nil if the
    ///   network gave no id.
    func show(_ payload: [Element], from: JID, _ name: (MessageID, PeerAddress)?, to user: User) {
        let id = kernel.world.newID()
        if let (name, peer) = name { references.add(stanzaID: id, network: name, in: .peer(peer), of: user) }
        guard from.resource != nil else {
            let head = StanzaHead(to: user.jid, from: from, id: id)
            return home.deliver(.direct(Message(head, type: .chat, payload: payload)))
        }
        let payload = payload + [MUCUser().element]
        for to in recipients(of: from, user) {
            home.deliver(.direct(Message(StanzaHead(to: to, from: from, id: id), type: .chat, payload: payload)))
        }
    }

    /// The JIDs that a message from this address is sent to. A private message in a room goes to the resources that are
    /// in the room (XEP-0045 §7.5). Any other message goes to the bare JID: the home server chooses the resource.
    private func recipients(of from: JID, _ user: User) -> [JID] {
        guard from.resource != nil, case .success(.occupant(let room, _)) = kernel.target(of: from) else {
            return [user.jid]
        }
        let members = rooms.inside(room, of: user).map(\.jid)
        return members.isEmpty ? [user.jid] : members
    }
}

extension StanzaError {
    /// The refusal of a headline to a stored address. A headline is transient and must not be stored (RFC 6121 §5.2.2,
    /// §8.5.2.2.1), but the ledger stores every message to such an address until the network takes it.
    fileprivate static let headline = StanzaError(
        .notAcceptable, "A message of type headline is not passed on to this network. Write a chat message.")
}
