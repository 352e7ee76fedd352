import GatewayKit
import XML
import XMPP

/// Serves the commands that features add: as ad-hoc commands (XEP-0050) and in a chat with the gateway.
final class Commands: Feature {
    private let kernel: Kernel
    private let home: HomeStream
    private let sessions: UserTable<CommandSessions>
    private var definitions: [CommandDefinition] = []

    init(_ kernel: Kernel, _ home: HomeStream) {
        self.kernel = kernel
        self.home = home
        sessions = UserTable(kernel)
    }

    func register(in routes: inout Routes) {
        routes.query(.set, "command", Command.namespace, on: [.gateway, .network]) {
            [self] query throws(StanzaError) in try execute(query)
        }
        routes.query(.set, "command", Command.namespace, on: .room, isAdvertised: false) {
            [self] query throws(StanzaError) in try execute(query)
        }
        routes.advertise(Command.namespace, on: .room) { [self] _ in hasCommands(at: .room) }
        routes.messages(to: .gateway) { [self] message, user, _ in chat(message, user) }
        routes.moments.keepsUser.append { [self] in sessions[$0]?.isWaiting(at: kernel.world.now()) ?? false }
    }

    func close() { definitions = [] }

    /// Adds a command. Features call this in `register(in:)`.
    func add(_ definition: CommandDefinition) { definitions.append(definition) }

    /// Whether there are commands for a kind of address.
    func hasCommands(at targets: TargetKinds) -> Bool { definitions.contains { $0.targets.contains(targets) } }

    // MARK: Discovery

    /// The list of commands that a user may execute at an address, for service discovery (XEP-0050 §2.2).
    func items(for query: Query) -> DiscoItems {
        var items = DiscoItems(node: Command.namespace)
        let offered = definitions.filter { $0.targets.contains(query.target.kind) && mayUse($0, query.user) }
        items.items = offered.map { DiscoItems.Item(query.to, node: $0.node, name: $0.name) }
        return items
    }

    /// The identity and features of a command, for service discovery; nil if the address has no such command for the
    /// user.
    func info(of node: String, for query: Query) -> DiscoInfo? {
        guard let definition = definition(node, at: query.target), mayUse(definition, query.user) else { return nil }
        let identity = DiscoInfo.Identity("automation", "command-node", name: definition.name)
        var info = DiscoInfo(node: node, identities: [identity])
        info.features = [Command.namespace, DataForm.namespace]
        return info
    }

    private func definition(_ node: String, at target: Target) -> CommandDefinition? {
        definitions.first { $0.node == node && $0.targets.contains(target.kind) }
    }

    private func mayUse(_ definition: CommandDefinition, _ user: User) -> Bool {
        !definition.isForAdmins || kernel.settings.isAdmin(user.jid)
    }

    // MARK: Ad-hoc commands

    private func execute(_ query: Query) throws(StanzaError) -> QueryOutcome {
        let command = try Self.command(in: query.payload)
        guard let sender = Sender(query.iq.head) else { throw .malformedCommand }
        guard let definition = definition(command.node, at: query.target) else {
            throw StanzaError(.cancel, .itemNotFound, "There is no command '\(command.node)' at this address.")
        }
        guard mayUse(definition, query.user) else {
            throw StanzaError(.auth, .forbidden, "Only administrators of this gateway may execute this command.")
        }
        let session = try session(of: command, query)
        if command.action == .cancel || command.form?.type == .cancel {
            if let session { sessions[query.user]?.remove(session.id) }
            return .result(Command(node: command.node, sessionID: command.sessionID, status: .canceled).element)
        }
        let forms = try forms(of: command, in: session)
        let id = session?.id ?? kernel.world.newID()
        let asker = Asker.command(sender, node: command.node, session: id)
        let call = CommandDefinition.Call(user: query.user, asker: asker, target: query.target, forms: forms)
        switch try definition.run(call) {
        case .done(let lines):
            sessions[query.user]?.remove(id)
            return .result(completed(command.node, id, lines).element)
        case .answeredLater: return .answeredLater
        case .form(let form, let isLastStage):
            keep(
                CommandSessions.Session(
                    id: id, client: query.from, target: query.to, node: command.node, forms: forms,
                    isLastStage: isLastStage, end: kernel.world.now().advanced(by: CommandSessions.lifetime)),
                of: query.user)
            return .result(stage(form, isFirst: forms.isEmpty, isLast: isLastStage, command.node, id).element)
        }
    }

    private static func command(in payload: Element) throws(StanzaError) -> Command {
        if let action = payload[attribute: "action"], Command.Action(rawValue: action) == nil {
            throw StanzaError(.malformedAction, "There is no action '\(action)'.")
        }
        guard let command = try? Command(payload) else { throw .malformedCommand }
        return command
    }

    /// The unfinished command that a step continues; nil if the step begins one.
    private func session(of command: Command, _ query: Query) throws(StanzaError) -> CommandSessions.Session? {
        guard let id = command.sessionID else { return nil }
        guard let session = sessions[query.user]?[id], session.client == query.from, session.target == query.to,
            session.node == command.node
        else { throw StanzaError(.badSessionID, "This command is finished or unknown. Execute it again.") }
        guard session.end > kernel.world.now() else {
            sessions[query.user]?.remove(id)
            throw StanzaError(.sessionExpired, "This command has waited too long. Execute it again.")
        }
        return session
    }

    /// The submitted forms after this step (XEP-0050 §3.4). The action `execute`, or none, submits the present stage.
    private func forms(of command: Command, in session: CommandSessions.Session?) throws(StanzaError) -> [DataForm] {
        guard let session else {
            // Some clients submit the form with the first step, because they know it already.
            guard command.action != .prev, command.action != .next else {
                throw StanzaError(.badAction, "There is no stage before or after this one.")
            }
            guard command.form != nil || command.action != .complete else { throw .noForm }
            return command.form.map { [$0] } ?? []
        }
        switch command.action {
        case .prev:
            guard !session.forms.isEmpty else { throw StanzaError(.badAction, "This is the first stage.") }
            return session.forms.dropLast()
        case .next where session.isLastStage: throw StanzaError(.badAction, "This is the last stage.")
        case .complete where !session.isLastStage: throw StanzaError(.badAction, "Another stage follows this one.")
        default:
            guard let form = command.form else { throw .noForm }
            return session.forms + [form]
        }
    }

    private func keep(_ session: CommandSessions.Session, of user: User) {
        let table = sessions[user] ?? CommandSessions()
        sessions[user] = table
        table.keep(session)
    }

    private func stage(
        _ form: DataForm, isFirst: Bool, isLast: Bool, _ node: String, _ session: String
    ) -> Command {
        var answer = Command(node: node, sessionID: session, status: .executing)
        let onward: Command.Action = isLast ? .complete : .next
        answer.actions = Command.Actions(isFirst ? [onward] : [.prev, onward], execute: onward)
        answer.form = form
        return answer
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
            return home.refuse(message, .nobodyReads(kernel.settings.domain))
        }
        let word = body.split(whereSeparator: \.isWhitespace).first.map { $0.lowercased() } ?? ""
        if word == "help" { return answer(.chat(sender), .success(help)) }
        guard let definition = definition(word, at: .gateway), definition.isForChat, mayUse(definition, user) else {
            return home.refuse(message, notUnderstood)
        }
        do throws(StanzaError) {
            let call = CommandDefinition.Call(user: user, asker: .chat(sender), target: .gateway, forms: [])
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

extension StanzaError {
    fileprivate static let malformedCommand = StanzaError(.modify, .badRequest, "This command cannot be read.")
    fileprivate static let noForm = StanzaError(.badPayload, "Fill in the form first.")

    /// The refusal of a step of a command (XEP-0050 §4.4).
    fileprivate init(_ reason: CommandError, _ text: String) {
        self.init(reason == .sessionExpired ? .cancel : .modify, reason == .sessionExpired ? .notAllowed : .badRequest)
        self.text = text
        specific = reason.element
    }
}
