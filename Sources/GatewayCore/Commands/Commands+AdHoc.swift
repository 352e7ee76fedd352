import GatewayKit
import XML
import XMPP

/// Serves commands to clients with forms (XEP-0050).
extension Commands {
    /// Executes one step of a command.
    func execute(_ query: Query) throws(StanzaError) -> QueryOutcome {
        let command = try Self.command(in: query.payload)
        guard let sender = Sender(query.iq.head) else { throw .malformedCommand }
        guard let definition = definition(command.node, for: query) else {
            let words = "There is no command '\(command.node)' at this address. Ask it for its list of commands."
            throw StanzaError(.itemNotFound, words)
        }
        guard mayUse(definition, query.user) else {
            let words = "This command is for operators. The configuration names them (access.admins)."
            throw StanzaError(.forbidden, words)
        }
        if let pages = pages(of: command, query) { return try turn(pages, command, query.user, sender) }
        let known = try session(of: command, query)
        if command.action == .cancel || command.form?.type == .cancel {
            if let known { sessions(of: query.user).remove(known.id) }
            return .result(Command(node: command.node, sessionID: command.sessionID, status: .canceled).element)
        }
        let session =
            known
            ?? CommandSessions.Session(
                id: kernel.world.newID(), client: query.from, address: query.to,
                progress: CommandProgress(definition, at: query.target), end: kernel.world.now())
        let asker = Asker.command(sender, node: command.node, session: session.id)
        return try advance(session, by: command, isFirst: known == nil, query.user, asker)
    }

    private static func command(in payload: Element) throws(StanzaError) -> Command {
        if let action = payload[attribute: "action"], Command.Action(rawValue: action) == nil {
            let words = "There is no action '\(action)'. Use execute, next, prev, complete or cancel."
            throw StanzaError(.malformedAction, words)
        }
        guard let command = try? Command(payload) else { throw .malformedCommand }
        return command
    }

    /// The unfinished command that a step continues; nil if the step begins one.
    private func session(of command: Command, _ query: Query) throws(StanzaError) -> CommandSessions.Session? {
        guard let id = command.sessionID else { return nil }
        let sessions = sessions(of: query.user)
        guard let session = sessions[id], session.client == query.from, session.address == query.to,
            session.progress.definition.node == command.node
        else { throw StanzaError(.badSessionID, "This command is finished or unknown. Execute it again.") }
        guard session.end > kernel.world.now() else {
            sessions.remove(id)
            throw StanzaError(.sessionExpired, "This command has waited too long. Execute it again.")
        }
        guard !session.isRunning else {
            throw StanzaError(.badAction, "This command is being carried out. Wait for its answer.")
        }
        return session
    }

    /// Takes the step that a client has sent: goes back, or submits the present step. The action `execute`, or none,
    /// submits it (XEP-0050 §3.4).
    private func advance(
        _ session: CommandSessions.Session, by command: Command, isFirst: Bool, _ user: User, _ asker: Asker
    ) throws(StanzaError) -> QueryOutcome {
        var session = session
        if isFirst {
            // Some clients submit the form with the first step, because they know it already.
            guard command.action != .prev, command.action != .next else {
                throw StanzaError(.badAction, "This is the first step. Send no action, or 'execute'.")
            }
            guard command.form != nil || command.action != .complete else { throw .noForm }
        } else if command.action == .prev {
            guard session.progress.goBack() != nil else {
                throw StanzaError(.badAction, "This is the first step. Fill in its form, or cancel.")
            }
            return try proceed(session, user, asker)
        }
        if case .form(let form, let isLast) = try session.progress.stage(user, asker) {
            if !isFirst { try Self.check(command.action, isLast: isLast) }
            guard let submitted = command.form else {
                guard isFirst else { throw .noForm }
                return try proceed(session, user, asker)
            }
            let given = try form.values(of: submitted)
            let (values, problems) = form.checked(given)
            guard problems.isEmpty else { return .result(keep(session, form, isLast, user, given, problems)) }
            session.progress.answer(values)
        }
        return try proceed(session, user, asker)
    }

    private static func check(_ action: Command.Action?, isLast: Bool) throws(StanzaError) {
        switch action {
        case .next where isLast: throw StanzaError(.badAction, "This is the last step. Use 'complete'.")
        case .complete where !isLast: throw StanzaError(.badAction, "Another step follows. Use 'next'.")
        default: break
        }
    }

    /// Shows the next form, or carries out the command.
    private func proceed(
        _ session: CommandSessions.Session, _ user: User, _ asker: Asker
    ) throws(StanzaError) -> QueryOutcome {
        var session = session
        let reply: CommandDefinition.Reply
        do throws(StanzaError) {
            if case .form(let form, let isLast) = try session.progress.stage(user, asker) {
                return .result(keep(session, form, isLast, user))
            }
            reply = try run(session.progress, user, asker)
        } catch {
            guard let again = stage(again: session, error, user, asker) else { throw error }
            return .result(again)
        }
        switch reply {
        case .done(let result):
            sessions(of: user).remove(session.id)
            return .result(shown(HeldPages(result, of: session, end: end), user))
        case .answeredLater:
            session.isRunning = true
            session.end = end
            sessions(of: user).keep(session)
            return .answeredLater
        }
    }

    /// The end of a command, a dialogue or a long answer whose client now takes its next step.
    var end: Timestamp { kernel.world.now().advanced(by: CommandSessions.lifetime) }

    /// Keeps a command that waits for its next step, and returns its form for the client.
    private func keep(
        _ session: CommandSessions.Session, _ form: CommandForm, _ isLast: Bool, _ user: User,
        _ given: CommandValues? = nil, _ problems: [CommandForm.Problem] = []
    ) -> Element {
        var session = session
        session.isRunning = false
        session.end = end
        sessions(of: user).keep(session)
        var answer = Command(node: session.progress.definition.node, sessionID: session.id, status: .executing)
        let onward: Command.Action = isLast ? .complete : .next
        answer.actions = Command.Actions(session.progress.hasEarlierStep ? [.prev, onward] : [onward], execute: onward)
        answer.form = form.dataForm(given: given, problems: problems)
        answer.notes = problems.compactMap(\.error.text).map { Command.Note(.error, $0) }
        return answer.element
    }

    /// Shows the form of the last step again after a refusal, with its words beside the field that it names. Nil if it
    /// names none.
    private func stage(
        again session: CommandSessions.Session, _ error: StanzaError, _ user: User, _ asker: Asker
    ) -> Element? {
        var session = session
        guard let field = error.field, let given = session.progress.goBack(),
            case .form(let form, let isLast)? = try? session.progress.stage(user, asker), form[field] != nil
        else { return nil }
        return keep(session, form, isLast, user, given, [CommandForm.Problem(field: field, error: error)])
    }

    /// Answers the last step of a command whose feature has now carried it out or refused it.
    func answerStep(
        of sender: Sender, _ node: String, _ id: String, _ result: Result<CommandResult, StanzaError>
    ) {
        guard let user = kernel.users[sender.jid] else {
            return home.answerQuery(of: sender, result.map { firstPage(of: $0, node, id) })
        }
        let sessions = sessions(of: user)
        if let pages = sessions.pages(of: id) {
            return home.answerQuery(of: sender, further(result, pages, user).map(Optional.some))
        }
        let session = sessions[id]
        sessions.remove(id)
        switch result {
        case .success(let result):
            let answer = session.map { shown(HeldPages(result, of: $0, end: end), user) }
            home.answerQuery(of: sender, .success(answer ?? firstPage(of: result, node, id)))
        case .failure(let error):
            let asker = Asker.command(sender, node: node, session: id)
            guard let session, let again = stage(again: session, error, user, asker) else {
                return home.answerQuery(of: sender, .failure(error))
            }
            home.answerQuery(of: sender, .success(again))
        }
    }
}

extension StanzaError {
    fileprivate static let malformedCommand = StanzaError(
        .badRequest, "This command cannot be read. It needs a node, and a data form in it must be valid.")
    fileprivate static let noForm = StanzaError(
        .badPayload, "Fill in the form of this step, and send it with the type 'submit'.")

    /// The refusal of a step of a command (XEP-0050 §4.4).
    init(_ reason: CommandError, _ text: String) {
        self.init(reason == .sessionExpired ? .notAllowed : .badRequest, text)
        specific = reason.element
    }
}
