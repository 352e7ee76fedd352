import GatewayKit
import XMPP

/// Serves the commands of operators to a person at the machine, who answers all steps at once.
extension Commands {
    /// Carries out a command with the authority of an operator of the program. `answer` sends the outcome.
    func execute(_ request: ConsoleRequest, _ token: ConsoleToken) {
        let asker = Asker.console(token, command: request.command, by: request.by)
        guard let definition = consoleDefinition(request.command) else {
            let words = "There is no command '\(request.command)' on \(kernel.settings.domain)."
            let refusal = ConsoleRefusal(words: words, isUnknown: true)
            return kernel.order(.consoleAnswer(token, .failure(refusal)))
        }
        do throws(StanzaError) {
            guard let jid = try? JID(local: Self.localpart(of: request.by), domain: kernel.gateway) else {
                throw .notServed
            }
            let user = User(jid, isAllowed: true, tables: kernel.users.tables)
            let progress = try filled(CommandProgress(definition, at: .gateway), request, user, asker)
            guard case .done(let result) = try run(progress, user, asker) else { return }
            answer(asker, .success(result))
        } catch {
            refuse(asker, error)
        }
    }

    private func consoleDefinition(_ word: String) -> CommandDefinition? {
        definitions.first { $0.word == word && $0.permission != .everybody && $0.targets.contains(.gateway) }
    }

    /// The name of an operator as the localpart of a JID. The record shows it: `console-root@gw.example.org`.
    private static func localpart(of name: String) -> String {
        "console-"
            + String(
                name.lowercased().map {
                    $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_" || $0 == "-") ? $0 : "_"
                })
    }

    /// Answers all steps of a command with the values of a request. A field that the request does not name keeps its
    /// present value. Throws if a value is wrong, or belongs to no field.
    private func filled(
        _ progress: CommandProgress, _ request: ConsoleRequest, _ user: User, _ asker: Asker
    ) throws(StanzaError) -> CommandProgress {
        var progress = progress
        if request.isNext {
            progress.answer(CommandValues(request.values))
            return progress
        }
        var left = Set(request.values.keys)
        var known: [String] = []
        while case .form(let form, _) = try progress.stage(user, asker) {
            var given = CommandValues()
            for field in form.fields { given[field.name] = request.values[field.name] ?? field.values }
            let (values, problems) = form.checked(given)
            if let problem = problems.first { throw problem.error }
            progress.answer(values)
            known += form.fields.map(\.name)
            left.subtract(form.fields.map(\.name))
        }
        guard let other = left.min() else { return progress }
        let words = known.isEmpty ? "It takes no values." : "It takes \(known.joined(separator: ", "))."
        throw StanzaError(.notAcceptable, "The command '\(request.command)' takes no value '\(other)'. \(words)")
    }

    /// Sends the outcome of a command to the console.
    func answerConsole(
        _ token: ConsoleToken, _ command: String, by name: String, _ result: Result<CommandResult, StanzaError>
    ) {
        switch result {
        case .failure(let error): kernel.order(.consoleAnswer(token, .failure(ConsoleRefusal(words: error.words))))
        case .success(let result):
            var answer = ConsoleAnswer(result.lines)
            answer.columns = result.table?.columns.map(\.name) ?? []
            answer.headings = result.table?.columns.map(\.label) ?? []
            answer.rows = result.table?.rows ?? []
            answer.document = result.document
            answer.next = result.next.map { next in
                var request = ConsoleRequest(command, next.values.lists, by: name)
                request.isNext = true
                return request
            }
            kernel.order(.consoleAnswer(token, .success(answer)))
        }
    }
}
