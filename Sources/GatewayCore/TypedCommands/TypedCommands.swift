import GatewayKit
import XML
import XMPP

/// Commands that users type into conversations, such as `/topic Tea`. The adapter carries them out, or refuses them
/// with a text. A text that begins like a command is never sent to the conversation.
final class TypedCommands: Feature {
    private static let id: FeatureID = "typed commands"

    private let kernel: Kernel
    private let home: HomeStream
    private let accounts: Accounts
    private let networkChat: NetworkChat
    private let rooms: Rooms

    /// A command that the adapter has not answered.
    private struct Pending: Note {
        let sender: Sender
        let address: Address
    }

    init(_ kernel: Kernel, _ home: HomeStream, _ accounts: Accounts, _ networkChat: NetworkChat, _ rooms: Rooms) {
        self.kernel = kernel
        self.home = home
        self.accounts = accounts
        self.networkChat = networkChat
        self.rooms = rooms
    }

    func register(in routes: inout Routes) {
        guard kernel.description.takesCommands else { return }
        routes.slashTexts { [self] body, message, user, address throws(StanzaError) in
            try read(body, message, user, address)
        }
        routes.notes(Self.id, NoteRoutes(outcome: { [self] note, result, user in ended(note, result, user) }))
    }

    /// Reads a text that begins with a slash.
    ///
    /// - Returns: the message to send; nil if the text is a command.
    /// - Throws: the refusal of a command.
    private func read(
        _ body: String, _ message: Message, _ user: User, _ address: Address
    ) throws(StanzaError) -> Message? {
        switch SlashText(body) {
        case .said: return message
        case .escaped(let text): return message.saying(text)
        case .command(let command):
            guard let sender = Sender(message.head) else { return nil }
            try accounts.admit(user)
            let account = try accounts.openWithinLimit(address.network, for: user)
            let note = Pending(sender: sender, address: address)
            try accounts.perform(
                .ask(.command(command, at: address)), of: user, as: account, then: .note(NoteSlip(Self.id, note)))
            return nil
        }
    }

    private func ended(_ note: any Note, _ result: Result<Answer?, Failure>, _ user: User) {
        guard let waiting = note as? Pending else { return }
        switch result {
        case .failure(let failure): home.refuseMessage(of: waiting.sender, StanzaError(failure))
        case .success(.command(let lines)?): show(lines, waiting, user)
        case .success: home.refuseMessage(of: waiting.sender, .notServed)
        }
    }

    /// Shows the answer to the client that has sent the command: in a room as a message of the room, otherwise as a
    /// message of the network. A client that is not in the room any more, as after `/part`, takes no message of it.
    private func show(_ lines: [String], _ waiting: Pending, _ user: User) {
        let client = waiting.sender.jid
        guard case .room(let address) = waiting.address,
            let from = rooms.ownAddress(of: address, for: client, user)
        else {
            if case .room = waiting.address, lines.isEmpty { return }
            return networkChat.tell(
                lines.isEmpty ? ["Done."] : lines, of: waiting.address.network, to: client)
        }
        let head = StanzaHead(to: client, from: from, id: kernel.world.newID())
        let words = lines.isEmpty ? "Done." : lines.joined(separator: "\n")
        home.deliver(.direct(Message(head, type: .groupchat, body: words)))
    }
}

extension Message {
    /// The message with another body. Other languages of the body, and the marks of parts of the old one, are dropped.
    fileprivate func saying(_ text: String) -> Message {
        var changed = self
        changed.payload.removeAll {
            $0.name == "body" && $0.namespace == Stanza.namespace || $0.namespace == FallbackIndication.namespace
        }
        changed.payload.insert(Message.body(text), at: 0)
        return changed
    }
}
