import GatewayKit
import XML
import XMPP

/// Shows long answers page by page, because servers refuse stanzas that are too long.
extension Commands {
    // MARK: Forms

    /// The pages that a client turns with a step of an ad-hoc command; nil if the step belongs to no kept pages.
    func pages(of command: Command, _ query: Query) -> HeldPages? {
        guard let id = command.sessionID, let pages = sessions(of: query.user).pages(of: id),
            pages.client == query.from, pages.address == query.to, pages.node == command.node,
            pages.end > kernel.world.now()
        else { return nil }
        return pages
    }

    /// The answer that shows the present page. If further pages follow, the command is still executing, and its default
    /// action is `next`. Otherwise the command is completed, and the pages are forgotten.
    func shown(_ pages: HeldPages, _ user: User) -> Element {
        let hasMore = pages.hasMore
        if hasMore { keep(pages, user) } else { forget(pages, user) }
        var answer = Command(
            node: pages.node ?? "", sessionID: pages.session, status: hasMore ? .executing : .completed)
        let back: [Command.Action] = pages.index > 0 ? [.prev] : []
        if hasMore { answer.actions = Command.Actions(back + [.next, .complete], execute: .next) }
        answer.form = pages.page.dataForm
        let place = hasMore || pages.index > 0 ? [pages.place] : []
        answer.notes = notes(pages.page.lines + place)
        return answer.element
    }

    /// The answer if the session of the command is not kept any more. Its client cannot go on to another page.
    func firstPage(of result: CommandResult, _ node: String, _ session: String) -> Element {
        let pages = result.formPages
        var answer = Command(node: node, sessionID: session, status: .completed)
        answer.form = pages[0].dataForm
        let rest = pages.count > 1 || result.next != nil ? [Self.isCut] : []
        answer.notes = notes(pages[0].lines + rest)
        return answer.element
    }

    /// One note with all lines, because some clients show only the first note.
    private func notes(_ lines: [String]) -> [Command.Note] {
        lines.isEmpty ? [] : [Command.Note(.info, lines.joined(separator: "\n"))]
    }

    private static let isCut = "This is only the first page. Execute the command again for the others."

    /// Carries out the action of a client that reads pages: shows another page, or ends the command.
    func turn(
        _ pages: HeldPages, _ command: Command, _ user: User, _ sender: Sender
    ) throws(StanzaError) -> QueryOutcome {
        guard !pages.isRunning else {
            throw StanzaError(.badAction, "This command is being carried out. Wait for its answer.")
        }
        let isCancelled = command.action == .cancel || command.form?.type == .cancel
        switch isCancelled ? .cancel : command.action {
        case .cancel, .complete:
            forget(pages, user)
            return .result(
                Command(
                    node: command.node, sessionID: command.sessionID, status: isCancelled ? .canceled : .completed
                ).element)
        case .prev:
            guard pages.turnBack() else {
                throw StanzaError(.badAction, "This is the first page. Go on with 'next', or cancel.")
            }
            return .result(shown(pages, user))
        case .execute, .next, nil:
            if pages.turn() { return .result(shown(pages, user)) }
            let asker = Asker.command(sender, node: command.node, session: pages.session ?? "")
            guard let reply = try askForMore(pages, user, asker) else {
                forget(pages, user)
                throw StanzaError(.sessionExpired, Self.isDropped)
            }
            guard case .done(let result) = reply else { return .answeredLater }
            return .result(try further(.success(result), pages, user).get())
        }
    }

    private static let isDropped = "The rest of this answer is not kept any more. Execute the command again."

    /// Takes the answer of a command that was asked for further pages, and shows the first of them.
    func further(
        _ result: Result<CommandResult, StanzaError>, _ pages: HeldPages, _ user: User
    ) -> Result<Element, StanzaError> {
        pages.isRunning = false
        return result.map { result in
            pages.append(result)
            return shown(pages, user)
        }
    }

    private func keep(_ pages: HeldPages, _ user: User) {
        pages.end = end
        sessions(of: user).keep(pages)
        heldPages.add(pages, now: kernel.world.now())
    }

    private func forget(_ pages: HeldPages, _ user: User) {
        sessions(of: user).remove(pages)
        heldPages.remove(pages)
    }

    /// Asks the command for the pages after the last one. Nil if there are none, or the user may not use the command
    /// any more.
    private func askForMore(
        _ pages: HeldPages, _ user: User, _ asker: Asker
    ) throws(StanzaError) -> CommandDefinition.Reply? {
        guard let next = pages.next, let definition = definitions.first(where: { $0.node == next.node }),
            mayUse(definition, user), case .success(let target) = kernel.target(of: pages.address)
        else { return nil }
        var progress = CommandProgress(definition, at: target)
        progress.answer(next.values)
        pages.isRunning = true
        do throws(StanzaError) {
            return try run(progress, user, asker)
        } catch {
            pages.isRunning = false
            throw error
        }
    }

    // MARK: Chats

    /// Shows an answer in a chat: its first page. If the answer belongs to a `more`, its pages go behind those that the
    /// client has read.
    func show(_ result: CommandResult, _ sender: Sender, _ user: User?) {
        guard let user else {
            let pages = result.chatPages
            let isCut = pages.count > 1 || result.next != nil
            let rest = isCut ? ["This is only the first page. Ask again for the others."] : []
            return tell(pages[0].bodies + rest, sender)
        }
        let sessions = sessions(of: user)
        if let pages = sessions.pages(of: sender.jid, at: sender.target), pages.isRunning, pages.runningID == sender.id
        {
            pages.append(result)
            return tell(pages, sender, user)
        }
        tell(HeldPages(result, sender.jid, sender.target, end: end), sender, user)
    }

    /// Shows the next page in a chat, at the user's word `more`.
    func showMore(_ sender: Sender, _ user: User) {
        guard let pages = sessions(of: user).pages(of: sender.jid, at: sender.target), pages.end > kernel.world.now()
        else { return tell(["There is nothing more to show."], sender) }
        guard !pages.isRunning else { return tell(["The next page is on its way. Wait for it."], sender) }
        if pages.turn() { return tell(pages, sender, user) }
        pages.runningID = sender.id
        do throws(StanzaError) {
            guard let reply = try askForMore(pages, user, .chat(sender)) else {
                forget(pages, user)
                return tell([Self.isDropped], sender)
            }
            if case .done(let result) = reply { show(result, sender, user) }
        } catch {
            tell([error.text ?? Self.isDropped], sender)
        }
    }

    private func tell(_ pages: HeldPages, _ sender: Sender, _ user: User) {
        var bodies = pages.page.bodies
        if pages.hasMore {
            keep(pages, user)
            bodies[max(0, bodies.count - 1)] += "\n\(pages.place) Send 'more' for the next page."
        } else if let old = sessions(of: user).pages(of: sender.jid, at: sender.target) {
            forget(old, user)
        }
        for body in bodies { tell([body], sender) }
    }
}
