import Basics
import GatewayKit
import XML
import XMPP

/// Serves commands in chats. The first word of a message names the command, the rest is the answer to its first
/// question.
extension Commands {
    /// The number of texts in a row that are no command and that still get the hint to `help`. Further ones get an
    /// error, so that two programs do not answer each other for ever.
    private static let mostMisunderstood = 5

    /// Handles a message to the gateway, or to a network without a protocol of its own.
    func chat(_ message: Message, _ user: User, _ target: Target) {
        guard let body = message.bodyWithoutFallbacks, message.type != .headline else {
            return kernel.count(.stanzasIgnored)
        }
        guard message.type != .groupchat, let sender = Sender(message.head) else {
            return home.refuse(message, .nobodyReads(kernel.settings.domain))
        }
        let lineHandler = target.kind == .gateway ? networkLineHandler : nil
        if takes(body, sender, user, target, isExact: lineHandler != nil) { return }
        if let lineHandler { return lineHandler(message, user) }
        tellMistake(notUnderstood, sender, user)
    }

    /// Answers a text that is no command, or a wrong one: in words, or with an error if the texts before it were wrong,
    /// too.
    func tellMistake(_ mistake: StanzaError, _ sender: Sender, _ user: User) {
        let sessions = sessions(of: user)
        sessions.misunderstood += 1
        guard sessions.misunderstood <= Self.mostMisunderstood else { return home.refuseMessage(of: sender, mistake) }
        tell([mistake.words], sender)
    }

    /// A text of a user had a meaning, so the next wrong one is answered in words.
    func tookText(of user: User) { sessions(of: user).misunderstood = 0 }

    /// Handles a text if it is a command, or if it belongs to a dialogue. Returns false if it is neither.
    ///
    /// - Parameter isExact: whether only whole words in lower case are commands. Use it where other texts have a
    ///   meaning, such as lines of a network's protocol.
    func takes(_ body: String, _ sender: Sender, _ user: User, _ target: Target, isExact: Bool) -> Bool {
        let sessions = sessions(of: user)
        let text = body.trimmed
        if let dialogue = sessions.dialogue(of: sender.jid, at: sender.target, now: kernel.world.now()) {
            sessions.misunderstood = 0
            proceed(dialogue, text, sender, user)
            return true
        }
        let ended = sessions.takeEnded(of: sender.jid, at: sender.target, now: kernel.world.now())
        let word = String(text.prefix { !$0.isWhitespace })
        let rest = text.dropFirst(word.count).trimmed
        let isReading = sessions.pages(of: sender.jid, at: sender.target) != nil
        switch isReading && text.lowercased() == "more" ? .more : command(word, rest, user, target, isExact: isExact) {
        case .none:
            guard let ended else { return false }
            tell([Self.hasEnded(ended)], sender)
        case .help: tell(help(user, target, isExact: isExact), sender)
        case .nothingToCancel: tell(["There is no command to cancel."], sender)
        case .more: showMore(sender, user)
        case .several(let words):
            tell(["'\(word)' can mean \(words.joined(separator: " or ")). Write more letters."], sender)
        case .one(let definition, let place, let rest):
            begin(CommandProgress(definition, at: place), typed: rest, sender, user, isExact: isExact)
        }
        sessions.misunderstood = 0
        return true
    }

    private static func hasEnded(_ title: String) -> String {
        "The questions of '\(title)' have ended, because you have not answered for an hour or have begun many other"
            + " commands. This message was not used. Write the command again."
    }

    // MARK: Words

    private enum Meaning {
        case none, help, nothingToCancel, more
        case several([String])
        case one(CommandDefinition, at: Target, rest: String)
    }

    private func command(_ word: String, _ rest: String, _ user: User, _ target: Target, isExact: Bool) -> Meaning {
        let wanted = isExact ? word : word.lowercased()
        switch wanted {
        case "help", "?": return .help
        case "cancel" where !isExact: return .nothingToCancel
        case "more" where !isExact: return .more
        case "": return .none
        default: break
        }
        // `settings office` at the gateway means the settings of that network.
        let place = String(rest.prefix { !$0.isWhitespace })
        var offers = [(target, offered(at: target, user), rest)]
        if case .gateway = target, let inner = self.target(place) {
            offers.insert((inner, offered(at: inner, user), rest.dropFirst(place.count).trimmed), at: 0)
        }
        // A line of the network's protocol can begin with `register`, so there the word must stand alone.
        if !isExact || rest.isEmpty { offers.append((.gateway, membership(at: target, user), rest)) }
        for (place, definitions, rest) in offers {
            if let exact = definitions.first(where: { $0.word == wanted }) { return .one(exact, at: place, rest: rest) }
        }
        guard !isExact else { return .none }
        for (place, definitions, rest) in offers {
            let begun = definitions.filter { $0.word.hasPrefix(wanted) }
            if begun.count == 1 { return .one(begun[0], at: place, rest: rest) }
            if !begun.isEmpty { return .several(begun.map(\.word)) }
        }
        return .none
    }

    /// The commands of the gateway that a user can also type at a network: to register with the gateway, and to
    /// unregister. A person may not know which of the addresses takes them.
    func membership(at target: Target, _ user: User) -> [CommandDefinition] {
        guard case .network = target else { return [] }
        return offered(at: .gateway, user).filter { $0.registration != nil && !$0.targets.contains(target.kind) }
    }

    /// The network or room that a word names; nil if it names none.
    private func target(_ word: String) -> Target? {
        guard !word.isEmpty, let address = try? kernel.rules.address(localpart: word) else { return nil }
        switch address {
        case .network(let network): return .network(network)
        case .room(let room): return .room(room)
        case .peer: return nil
        }
    }

    private var notUnderstood: StanzaError {
        StanzaError(
            .serviceUnavailable,
            "Nobody reads messages sent to \(kernel.settings.domain), and this message is not a command. Send 'help'"
                + " for the list of commands, or write to a contact or a room of this gateway.")
    }

    // MARK: Dialogues

    /// Begins a command, or goes on with its next step.
    ///
    /// - Parameters:
    ///   - typed: the answer to the first question; empty if there is none yet.
    ///   - isExact: as in `takes`.
    private func begin(
        _ progress: CommandProgress, typed: String = "", _ sender: Sender, _ user: User, isExact: Bool,
        isFirst: Bool = true
    ) {
        var progress = progress
        do throws(StanzaError) {
            switch try progress.stage(user, .chat(sender)) {
            case .ready: carryOut(progress, nil, sender, user)
            case .form(let form, _):
                let dialogue = Dialogue(client: sender, isExact: isExact, progress: progress, form: form, end: end)
                if typed.isEmpty, isFirst, !progress.definition.asksInChat {
                    var silent = dialogue
                    silent.leaveRest()
                    goOn(silent, sender, user)
                } else if typed.isEmpty {
                    ask(dialogue, dialogue.opening + (isFirst ? [dialogue.introduction] : []), sender, user)
                } else {
                    take(typed, dialogue, sender, user, isFirst: true)
                }
            }
        } catch {
            sessions(of: user).endDialogue(of: sender.jid, at: sender.target)
            tell([error.words], sender)
        }
    }

    /// Handles a text within a dialogue.
    private func proceed(_ dialogue: Dialogue, _ text: String, _ sender: Sender, _ user: User) {
        var dialogue = dialogue
        switch text.lowercased() {
        case _ where dialogue.isRunning:
            tell(["This command is being carried out and cannot be cancelled. Wait for its answer."], sender)
        case "cancel":
            sessions(of: user).endDialogue(of: sender.jid, at: sender.target)
            tell(["\(dialogue.form.title): cancelled. Nothing was changed."], sender)
        case "help", "?": ask(dialogue, [Dialogue.controls], sender, user)
        case "back":
            if dialogue.goBack() { return ask(dialogue, [], sender, user) }
            guard dialogue.progress.goBack() != nil else {
                return ask(dialogue, ["This is the first question."], sender, user)
            }
            begin(dialogue.progress, sender, user, isExact: dialogue.isExact, isFirst: false)
        case "done":
            dialogue.leaveRest()
            goOn(dialogue, sender, user)
        default: take(text, dialogue, sender, user)
        }
    }

    /// Takes a text as the answer to the present question.
    ///
    /// - Parameter isFirst: whether the text came with the command.
    private func take(
        _ text: String, _ dialogue: Dialogue, _ sender: Sender, _ user: User, isFirst: Bool = false
    ) {
        var dialogue = dialogue
        do throws(StanzaError) {
            try dialogue.answer(text, isFirst: isFirst)
            goOn(dialogue, sender, user)
        } catch {
            ask(dialogue, [error.words], sender, user)
        }
    }

    /// Asks the next question, or finishes the step. After a refusal of the next step that is about a field of this
    /// one, asks for the field again.
    private func goOn(_ dialogue: Dialogue, _ sender: Sender, _ user: User) {
        guard dialogue.field == nil else { return ask(dialogue, [], sender, user) }
        var dialogue = dialogue
        let (values, problems) = dialogue.form.checked(dialogue.values)
        if let problem = problems.first, dialogue.askAgain(problem.field) {
            return ask(dialogue, [problem.error.words], sender, user)
        }
        dialogue.progress.answer(values)
        var progress = dialogue.progress
        do throws(StanzaError) {
            guard case .ready = try progress.stage(user, .chat(sender)) else {
                return begin(progress, sender, user, isExact: dialogue.isExact, isFirst: false)
            }
            carryOut(progress, dialogue, sender, user)
        } catch {
            sessions(of: user).endDialogue(of: sender.jid, at: sender.target)
            askAgain(dialogue, after: error, sender, user)
        }
    }

    /// Asks again for the field of the last step that a refusal is about. Ends the command if it is about none.
    private func askAgain(_ dialogue: Dialogue?, after error: StanzaError, _ sender: Sender, _ user: User?) {
        guard let user, var dialogue, let field = error.field, dialogue.askAgain(field) else {
            return tell([error.words], sender)
        }
        dialogue.stopRunning()
        dialogue.progress.goBack()
        ask(dialogue, [error.words], sender, user)
    }

    private func ask(_ dialogue: Dialogue, _ before: [String], _ sender: Sender, _ user: User) {
        var dialogue = dialogue
        dialogue.end = end
        sessions(of: user).keep(dialogue)
        tell(before + [dialogue.question], sender)
    }

    /// Carries out a command whose steps are all answered.
    ///
    /// - Parameter dialogue: the dialogue about its last step; nil if it has no steps.
    private func carryOut(_ progress: CommandProgress, _ dialogue: Dialogue?, _ sender: Sender, _ user: User) {
        let sessions = sessions(of: user)
        if var dialogue {
            dialogue.run(after: sender)
            dialogue.end = end
            sessions.keep(dialogue)
        }
        do throws(StanzaError) {
            if case .done(let result) = try run(progress, user, .chat(sender)) {
                answerChat(of: sender, .success(result))
            }
        } catch {
            answerChat(of: sender, .failure(error))
        }
    }

    /// Tells the result of a command. After a refusal that is about a field, asks for the field again.
    func answerChat(of sender: Sender, _ result: Result<CommandResult, StanzaError>) {
        let user = kernel.users[sender.jid]
        let dialogue = user.flatMap { runningDialogue(of: $0, sender) }
        if let user, dialogue != nil { sessions(of: user).endDialogue(of: sender.jid, at: sender.target) }
        switch result {
        case .success(let result): show(result, sender, user)
        case .failure(let error):
            let pages = user.flatMap { sessions(of: $0).pages(of: sender.jid, at: sender.target) }
            if pages?.runningID == sender.id { pages?.isRunning = false }
            askAgain(dialogue, after: error, sender, user)
        }
    }

    /// The dialogue that waits for the answer to this message; nil if there is none. A command without questions has
    /// none, and its answer may come when the client has begun another one.
    private func runningDialogue(of user: User, _ sender: Sender) -> Dialogue? {
        let dialogue = sessions(of: user).dialogue(of: sender.jid, at: sender.target, now: kernel.world.now())
        return dialogue.flatMap { $0.isRunning && $0.runningID == sender.id ? $0 : nil }
    }

    /// Sends words to the client that has asked.
    func tell(_ lines: [String], _ sender: Sender) { home.tell(lines, sender.jid, from: sender.target) }
}

extension StanzaError {
    /// The text of the error for a chat. An error without a text gets one that names its condition.
    var words: String {
        text ?? "The gateway has refused the command (\(condition.rawValue)). Ask its operator, and name the command."
    }
}
