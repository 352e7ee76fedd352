import GatewayKit
import XML
import XMPP

/// The conversation with a network's own address: a message to it is a line in the network's protocol, and the replies
/// come back from there. The network's notices and greetings come from the same address.
final class NetworkChat: Feature {
    private static let id: FeatureID = "network chat"

    private let kernel: Kernel
    private let home: HomeStream
    private let accounts: Accounts

    /// A line that the network has not answered.
    private struct Pending: Note {
        let sender: Sender
        let network: NetworkID
    }

    init(_ kernel: Kernel, _ home: HomeStream, _ accounts: Accounts) {
        self.kernel = kernel
        self.home = home
        self.accounts = accounts
    }

    func register(in routes: inout Routes) {
        routes.messages(to: .network) { [self] message, user, target in
            do throws(StanzaError) {
                try received(message, user, target)
            } catch {
                home.refuse(message, error)
            }
        }
        routes.notes(Self.id, NoteRoutes(outcome: { [self] note, result, _ in ended(note, result) }))
    }

    private func received(_ message: Message, _ user: User, _ target: Target) throws(StanzaError) {
        guard let body = message.body, message.type != .headline else { return kernel.count(.stanzasIgnored) }
        guard kernel.description.takesCommands, message.type != .groupchat, case .network(let network) = target,
            let sender = Sender(message.head)
        else { throw .nobodyReads(kernel.settings.domain) }
        if body.lowercased() == "help" { return tell(help(network), of: network, to: sender.jid) }
        try accounts.admit(user)
        let account = try accounts.openWithinLimit(network, for: user)
        // `/whois bob` is a typed command. `WHOIS bob` is a line of the protocol.
        let question: Question
        if case .command(let command) = SlashText.isBegun(by: body) ? SlashText(body) : .said {
            question = .command(command, at: .network(network))
        } else {
            question = .raw(body)
        }
        let note = Pending(sender: sender, network: network)
        try accounts.perform(.ask(question), of: user, as: account, then: .note(NoteSlip(Self.id, note)))
    }

    private func help(_ network: NetworkID) -> [String] {
        [
            "Send a line of the network's own protocol, and \(network) answers here. Do not send it the words of a"
                + " conversation: nobody reads them.",
            "/help lists the commands that you can type here, in rooms and in chats with people.",
        ]
    }

    private func ended(_ note: any Note, _ result: Result<Answer?, Failure>) {
        guard let waiting = note as? Pending else { return }
        switch result {
        case .failure(let failure): home.refuseMessage(of: waiting.sender, StanzaError(failure))
        case .success(.raw(let lines)?), .success(.command(let lines)?):
            let words = lines.isEmpty ? ["\(waiting.network) has taken this and did not reply."] : lines
            tell(words, of: waiting.network, to: waiting.sender.jid)
        case .success: home.refuseMessage(of: waiting.sender, .notServed)
        }
    }

    /// Sends words of a network to one client. They are for this client alone, so the server must not copy them to
    /// others (XEP-0280 §6.1, XEP-0334).
    func tell(_ lines: [String], of network: NetworkID, to client: JID) {
        guard let from = kernel.addresses.jid(.network(network)) else { return }
        let head = StanzaHead(to: client, from: from, id: kernel.world.newID())
        let hints = [
            Element("private", namespace: "urn:xmpp:carbons:2"), Element("no-copy", namespace: "urn:xmpp:hints"),
        ]
        home.deliver(.direct(Message(head, type: .chat, body: lines.joined(separator: "\n"), payload: hints)))
    }
}
