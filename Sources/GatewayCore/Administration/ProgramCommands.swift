import GatewayKit
import Registry
import XMPP

/// The commands `log-level`, `metrics` and `reload`. They concern all gateways of the program.
final class ProgramCommands: Feature {
    private static let id: FeatureID = "program"
    private static let levels = ["trace", "debug", "info", "notice", "warning", "error", "critical"]

    private let kernel: Kernel
    private let commands: Commands

    private struct Pending: Note { let asker: Asker }

    init(_ kernel: Kernel, _ commands: Commands) {
        self.kernel = kernel
        self.commands = commands
    }

    func register(in routes: inout Routes) {
        routes.notes(Self.id, NoteRoutes(read: { [self] in answered($0, $1) }))
        commands.add(
            CommandDefinition(
                "log-level", "Change the level of the log until the next start", for: .programOperators,
                steps: [askForLevel], run: setLevel))
        commands.add(
            CommandDefinition("metrics", "Show the counters of the program", for: .programOperators, run: showMetrics))
        commands.add(
            CommandDefinition(
                "reload", "Read the configuration again", for: .programOperators, run: reload))
    }

    private func askForLevel(_ call: CommandDefinition.Call) throws(StanzaError) -> CommandForm? {
        let options = Self.levels.map { CommandField.Option($0) } + [CommandField.Option("configured")]
        let level = CommandField("level", .choice, label: "Level", isRequired: true, options: options)
        return CommandForm(title: "Level of the log", fields: [level])
    }

    private func setLevel(_ call: CommandDefinition.Call) throws(StanzaError) -> CommandDefinition.Reply {
        let level = call.values.text("level")
        return ask(.logLevel(level == "configured" ? nil : level), call)
    }

    private func showMetrics(_ call: CommandDefinition.Call) throws(StanzaError) -> CommandDefinition.Reply {
        ask(.metrics, call)
    }

    private func reload(_ call: CommandDefinition.Call) throws(StanzaError) -> CommandDefinition.Reply {
        ask(.reload, call)
    }

    private func ask(_ request: ProgramRequest, _ call: CommandDefinition.Call) -> CommandDefinition.Reply {
        kernel.order(.askProgram(request, .note(NoteSlip(Self.id, Pending(asker: call.asker)))))
        return .answeredLater
    }

    private func answered(_ note: any Note, _ result: Result<any Sendable, RegistryError>) {
        guard let asker = (note as? Pending)?.asker else { return }
        guard case .success(let lines as [String]) = result else {
            let words = "The program does not answer. Use its configuration, and /metrics of its HTTP server."
            return commands.refuse(asker, StanzaError(.featureNotImplemented, words))
        }
        commands.answer(asker, .success(CommandResult(lines.isEmpty ? ["All counters are zero."] : lines)))
    }
}
