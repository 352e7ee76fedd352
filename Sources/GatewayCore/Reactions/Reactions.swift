import GatewayKit
import XML
import XMPP

/// Message reactions (XEP-0444) in rooms and private conversations, in both directions.
final class Reactions: Feature {
    private static let id: FeatureID = "reactions"
    /// Maximum of one user's emoji for one message.
    private static let most = 20
    /// Maximum length of one emoji, in bytes.
    private static let longest = 64
    /// Maximum length of an id, in bytes. A reaction in a room goes to each client of the user, so a longer id would
    /// cost many times its length.
    private static let longestID = 1_024

    private let kernel: Kernel
    private let home: HomeStream
    private let accounts: Accounts
    private let references: References
    private let rooms: Rooms
    private let direct: DirectMessages

    /// A reaction whose outcome the network has not reported.
    private struct PendingReaction: Note {
        let sender: Sender
        /// The room in which the sender's resources are shown the reaction; nil for a private conversation.
        let room: RoomAddress?
        /// The id of the message to which the user has reacted.
        let id: String
        let emoji: [String]
    }

    init(
        _ kernel: Kernel, _ home: HomeStream, _ accounts: Accounts, _ references: References, _ rooms: Rooms,
        _ direct: DirectMessages
    ) {
        self.kernel = kernel
        self.home = home
        self.accounts = accounts
        self.references = references
        self.rooms = rooms
        self.direct = direct
    }

    func register(in routes: inout Routes) {
        routes.message(
            "reactions", MessageReactions.namespace, as: MessageReactions.self, to: [.room, .occupant, .peer]
        ) {
            [self] reactions, message, user, target throws(StanzaError) in
            try received(reactions, message, user, target)
        }
        routes.content(.reaction) { [self] message, _, user in show(message, user) }
        routes.notes(Self.id, NoteRoutes(outcome: { [self] in ended($0, $1.map { _ in }, $2) }))
        routes.advertise(MessageReactions.namespace, on: [.room, .occupant, .peer]) { [self] in takesReactions($0) }
    }

    private func takesReactions(_ query: Query) -> Bool {
        guard let (address, account) = try? place(of: query.target, for: query.from, query.user) else { return false }
        let capabilities = accounts.capabilities(of: address, on: account.network, query.user)
        return (capabilities?[.reaction] ?? .rejected) >= .partial
    }

    /// The conversation with a target, and the user's account in it. Opens no session.
    private func place(
        of target: Target, for resource: JID?, _ user: User
    ) throws(StanzaError) -> (Address, AccountID) {
        if case .room(let room) = target {
            return (.room(room), accounts.account(of: user, on: room.network))
        }
        let peer = try direct.person(at: target, for: resource, user)
        return (.peer(peer), accounts.account(of: user, on: accounts.network(of: user, for: peer)))
    }

    private func received(
        _ reactions: MessageReactions, _ message: Message, _ user: User, _ target: Target
    ) throws(StanzaError) {
        guard let sender = Sender(message.head), let from = message.head.from else { return }
        try check(reactions, of: message)
        var room: RoomAddress?
        if case .room(let address) = target {
            guard message.type == .groupchat else {
                throw StanzaError(.badRequest, "Reactions in a room must be of type groupchat.")
            }
            _ = try rooms.entered(address, by: from, of: user)
            room = address
        } else if message.type != .chat, message.type != .normal {
            throw StanzaError(.badRequest, "Reactions to a person must be of type chat.")
        }
        try accounts.admit(user)
        let (address, known) = try place(of: target, for: from, user)
        var account = known
        if case .peer(let peer) = address { account = try direct.account(for: peer, message, user) }
        guard let named = references.networkID(of: reactions.id, in: address, of: user) else {
            try accounts.checkAbility(.reaction, at: address, on: account.network, user)
            throw StanzaError(
                .itemNotFound,
                "The network has given this message no id yet, or the message is too old. Try again in a moment.")
        }
        let waiting = PendingReaction(sender: sender, room: room, id: reactions.id, emoji: reactions.emoji)
        let isAsked = try accounts.perform(
            .send(.reaction(named, reactions.emoji), to: address), of: user, as: account,
            then: .note(NoteSlip(Self.id, waiting)))
        if !isAsked { ended(waiting, .success(()), user) }
    }

    /// Refuses too many reactions, a reaction that is too long, and a text beside them, because the text would be lost.
    private func check(_ reactions: MessageReactions, of message: Message) throws(StanzaError) {
        let isSmall = reactions.emoji.count <= Self.most && reactions.emoji.allSatisfy { $0.utf8.count <= Self.longest }
        guard isSmall, !reactions.emoji.contains(where: \.hasControlCharacter) else {
            let words =
                "You can have at most \(Self.most) reactions to one message. Each has at most \(Self.longest) bytes and"
                + " no control characters."
            throw StanzaError(.notAcceptable, words)
        }
        guard reactions.id.utf8.count <= Self.longestID, (message.head.id?.utf8.count ?? 0) <= Self.longestID else {
            throw StanzaError(.policyViolation, "The message has an id of more than \(Self.longestID) bytes.")
        }
        guard message.bodyWithoutFallbacks == nil else {
            throw StanzaError(.badRequest, "Send the text and the reaction as two messages.")
        }
    }

    /// Handles the outcome of a reaction: shows an accepted reaction in its room, or refuses the message.
    private func ended(_ note: any Note, _ result: Result<Void, Failure>, _ user: User) {
        guard let waiting = note as? PendingReaction else { return }
        if case .failure(let failure) = result {
            return home.refuseMessage(of: waiting.sender, StanzaError(failure))
        }
        guard let room = waiting.room else { return }
        let payload = Self.payload(MessageReactions(id: waiting.id, emoji: waiting.emoji))
        rooms.reflect(payload, id: waiting.sender.id, in: room, user)
    }

    /// The payload that shows reactions. The `store` hint makes archives keep a message without a body (XEP-0334,
    /// XEP-0444 §4).
    private static func payload(_ reactions: MessageReactions) -> [Element] {
        [reactions.element, ProcessingHint.store.element]
    }

    /// Shows a user the reactions of a person or occupant on the network.
    private func show(_ message: InboundMessage, _ user: User) {
        guard case .reaction(let named, let emoji) = message.content,
            let id = references.stanzaID(of: named, in: message.origin.address, of: user)
        else { return kernel.count(.stanzasIgnored) }
        kernel.count(.messagesIn)
        let payload = Self.payload(MessageReactions(id: id, emoji: emoji))
        switch message.origin {
        case .room(let room, let nick):
            rooms.actionReceived(payload, in: room, nick: nick?.shownNick, user)
        case .peer(let peer):
            guard let from = direct.address(of: peer, for: user) else { return }
            direct.show(payload, from: from, nil, to: user)
        }
    }
}

extension String {
    fileprivate var hasControlCharacter: Bool {
        let kinds: [Unicode.GeneralCategory] = [.control, .lineSeparator, .paragraphSeparator]
        return unicodeScalars.contains { kinds.contains($0.properties.generalCategory) }
    }
}
