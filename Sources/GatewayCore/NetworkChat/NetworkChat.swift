import Basics
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
    private let commands: Commands

    /// A line that the network has not answered.
    private struct Pending: Note {
        let sender: Sender
        let network: NetworkID
    }

    init(_ kernel: Kernel, _ home: HomeStream, _ accounts: Accounts, _ commands: Commands) {
        self.kernel = kernel
        self.home = home
        self.accounts = accounts
        self.commands = commands
    }

    func register(in routes: inout Routes) {
        routes.messages(to: .network) { [self] message, user, target in
            handle(message, user, target)
        }
        // Where the gateway's own address stands for its one network, a message to it is a line of the network, too.
        if kernel.description.takesCommands, let network = kernel.networkOfGateway {
            commands.networkLineHandler = { [self] message, user in handle(message, user, .network(network)) }
        }
        routes.notes(Self.id, NoteRoutes(outcome: { [self] in ended($0, $1, $2) }))
    }

    private func handle(_ message: Message, _ user: User, _ target: Target) {
        do throws(StanzaError) {
            try received(message, user, target)
        } catch {
            // Some clients show nothing of an error but that there was one.
            if error == .registrationRequired, message.type != .error, let sender = Sender(message.head) {
                home.forgetTaken(id: sender.id, to: sender.target, from: sender.jid)
                return commands.tellMistake(.notRegistered, sender, user)
            }
            home.refuse(message, error)
        }
    }

    private func received(_ message: Message, _ user: User, _ target: Target) throws(StanzaError) {
        guard kernel.description.takesCommands else { return commands.chat(message, user, target) }
        guard let body = message.bodyWithoutFallbacks, message.type != .headline else {
            return kernel.count(.stanzasIgnored)
        }
        guard message.type != .groupchat, case .network(let network) = target,
            let sender = Sender(message.head)
        else { throw .nobodyReads(kernel.settings.domain) }
        if commands.takes(body, sender, user, target, isExact: true) { return }
        guard !body.trimmed.hasPrefix("=") else { return commands.tellMistake(.lateAnswer, sender, user) }
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

    private func ended(_ note: any Note, _ result: Result<Answer?, Failure>, _ user: User) {
        guard let waiting = note as? Pending else { return }
        switch result {
        case .failure(let failure) where failure.isMistyped:
            commands.tellMistake(StanzaError(failure), waiting.sender, user)
        case .failure(let failure): home.refuseMessage(of: waiting.sender, StanzaError(failure))
        case .success(.raw(let lines)?), .success(.command(let lines)?):
            commands.tookText(of: user)
            let words = lines.isEmpty ? ["\(waiting.network) has taken this and did not reply."] : lines
            tell(words, of: waiting.network, to: waiting.sender.jid)
        case .success: home.refuseMessage(of: waiting.sender, .notServed)
        }
    }

    /// Sends words of a network to one client.
    func tell(_ lines: [String], of network: NetworkID, to client: JID) {
        guard let from = kernel.addresses.jid(.network(network)) else { return }
        home.tell(lines, client, from: from)
    }
}

extension Failure {
    /// Whether a typed line is no command of the network, or lacks a part. All other failures are refusals.
    fileprivate var isMistyped: Bool {
        switch kind {
        case .notAcceptable, .badRequest, .unsupported: true
        default: false
        }
    }
}

extension StanzaError {
    /// Refuses a line of a user who must register before.
    fileprivate static let notRegistered = StanzaError(
        .registrationRequired,
        "You are not registered with this gateway, so your message was not sent to the network. Send 'register' here to"
            + " begin.")

    /// Refuses a text that may be the answer to a question for a password. Lines of protocols do not begin with `=`.
    fileprivate static let lateAnswer = StanzaError(
        .notAcceptable,
        "This text begins with '=', so it may be the answer to a question that has ended. It was not sent to the"
            + " network. Write the command again.")
}
