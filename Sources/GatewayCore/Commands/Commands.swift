import GatewayKit
import XML
import XMPP

/// Serves the commands that features add: as ad-hoc commands (XEP-0050) and in a chat with the gateway. A command has
/// at most one form, so `Commands` stores nothing between the steps of a command.
final class Commands: Feature {
    private let kernel: Kernel
    private let home: HomeStream
    private var definitions: [CommandDefinition] = []

    init(_ kernel: Kernel, _ home: HomeStream) {
        self.kernel = kernel
        self.home = home
    }

    func register(in routes: inout Routes) {
        routes.query(.set, "command", Command.namespace, on: .gateway) {
            [self] query throws(StanzaError) in try execute(query)
        }
        routes.messages(to: .gateway) { [self] message, user, _ in chat(message, user) }
        routes.messages(to: .network) { [self] message, _, _ in
            guard message.wantsAnswer else { return kernel.count(.stanzasIgnored) }
            home.refuse(message, nobodyReads)
        }
    }

    func close() { definitions = [] }

    /// Adds a command. Features call this in `register(in:)`.
    func add(_ definition: CommandDefinition) { definitions.append(definition) }

    private var nobodyReads: StanzaError {
        let domain = kernel.settings.domain
        let words = "Nobody reads messages sent to \(domain). Write to a contact or a room of this gateway."
        return StanzaError(.cancel, .serviceUnavailable, words)
    }

    // MARK: Ad-hoc commands

    /// The list of commands, for service discovery (XEP-0050 §2.2).
    func items(at jid: JID) -> DiscoItems {
        var items = DiscoItems(node: Command.namespace)
        items.items = definitions.map { DiscoItems.Item(jid, node: $0.node, name: $0.name) }
        return items
    }

    /// The identity and features of a command, for service discovery; nil if no command has this node.
    func info(of node: String) -> DiscoInfo? {
        guard let definition = definitions.first(where: { $0.node == node }) else { return nil }
        let identity = DiscoInfo.Identity("automation", "command-node", name: definition.name)
        var info = DiscoInfo(node: node, identities: [identity])
        info.features = [Command.namespace, DataForm.namespace]
        return info
    }

    private func execute(_ query: Query) throws(StanzaError) -> QueryOutcome {
        guard let command = try? Command(query.payload), let sender = Sender(query.iq.head) else {
            throw StanzaError(.modify, .badRequest, "This is not a command.")
        }
        guard let definition = definitions.first(where: { $0.node == command.node }) else {
            throw StanzaError(.cancel, .itemNotFound, "There is no command '\(command.node)'.")
        }
        if command.action == .cancel || command.form?.type == .cancel {
            return .result(Command(node: command.node, sessionID: command.sessionID, status: .canceled).element)
        }
        // A command has one stage, so `prev` and `next` are bad actions (XEP-0050 §4.4).
        guard command.action != .prev, command.action != .next else {
            throw StanzaError(.modify, .badRequest, "There is no stage before or after this one.")
        }
        let session = command.sessionID ?? kernel.world.newID()
        let asker = Asker.command(sender, node: command.node, session: session)
        let call = CommandDefinition.Call(user: query.user, asker: asker, form: command.form)
        switch try definition.run(call) {
        case .done(let lines): return .result(completed(command.node, session, lines).element)
        case .answeredLater: return .answeredLater
        case .form(let form):
            guard command.action != .complete else {
                throw StanzaError(.modify, .badRequest, "Fill in the form first.")
            }
            var answer = Command(node: command.node, sessionID: session, status: .executing)
            answer.actions = Command.Actions([.complete], execute: .complete)
            answer.form = form
            return .result(answer.element)
        }
    }

    private func completed(_ node: String, _ session: String, _ lines: [String]) -> Command {
        var answer = Command(node: node, sessionID: session, status: .completed)
        answer.notes = lines.map { Command.Note(.info, $0) }
        return answer
    }

    // MARK: Chat

    private func chat(_ message: Message, _ user: User) {
        guard message.wantsAnswer, let body = message.body else { return kernel.count(.stanzasIgnored) }
        guard message.type != .groupchat, let sender = Sender(message.head) else {
            return home.refuse(message, nobodyReads)
        }
        let word = body.split(whereSeparator: \.isWhitespace).first.map { $0.lowercased() } ?? ""
        if word == "help" { return answer(.chat(sender), .success(help)) }
        guard let definition = definitions.first(where: { $0.isForChat && $0.node == word }) else {
            return home.refuse(message, notUnderstood)
        }
        do throws(StanzaError) {
            let call = CommandDefinition.Call(user: user, asker: .chat(sender), form: nil)
            if case .done(let lines) = try definition.run(call) { answer(.chat(sender), .success(lines)) }
        } catch {
            home.refuse(message, error)
        }
    }

    private var help: [String] {
        ["Commands of this gateway:"]
            + definitions.filter(\.isForChat).map { "\($0.node): \($0.name)" } + ["help: Show this list"]
    }

    private var notUnderstood: StanzaError {
        StanzaError(
            .cancel, .serviceUnavailable,
            "Nobody reads messages sent to \(kernel.settings.domain), and this message is not a command. Send 'help'"
                + " for the list of commands, or write to a contact or a room of this gateway.")
    }

    // MARK: Answers

    /// Sends the answer to a request: as the result of its IQ or command, or as a chat message.
    ///
    /// - Parameter result: the lines that the user sees, or the refusal. The result of a plain IQ has no place for
    ///   lines, so `.query` drops them.
    func answer(_ asker: Asker, _ result: Result<[String], StanzaError>) {
        switch (asker, result) {
        case (.chat(let sender), .failure(let error)): home.refuseMessage(of: sender, error)
        case (.query(let sender), .failure(let error)), (.command(let sender, _, _), .failure(let error)):
            home.answerQuery(of: sender, .failure(error))
        case (.query(let sender), .success): home.answerQuery(of: sender, .success(nil))
        case (.command(let sender, let node, let session), .success(let lines)):
            home.answerQuery(of: sender, .success(completed(node, session, lines).element))
        case (.chat(let sender), .success(let lines)):
            let head = StanzaHead(to: sender.jid, from: sender.target, id: kernel.world.newID())
            home.deliver(.direct(Message(head, type: .chat, body: lines.joined(separator: "\n"))))
        }
    }
}

extension Message {
    /// Whether the sender expects an answer: the message has a text and is no headline (RFC 6121 §5.2.2).
    fileprivate var wantsAnswer: Bool { body != nil && type != .headline }
}
