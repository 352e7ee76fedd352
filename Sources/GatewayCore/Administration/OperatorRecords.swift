import Basics
import GatewayKit
import Logging
import Registry
import XMPP

/// The record of the operators' commands: each is logged, kept in the registry, and listed by the command `acts`.
final class OperatorRecords: Feature {
    private static let id: FeatureID = "operator records"
    /// Maximum of listed commands, the newest first.
    private static let mostListed = 50
    /// Maximum length of the kept values of a command, in characters.
    private static let longestDetails = 1_000

    private let kernel: Kernel
    private let commands: Commands

    private struct PendingList: Note { let asker: Asker }

    init(_ kernel: Kernel, _ commands: Commands) {
        self.kernel = kernel
        self.commands = commands
    }

    func register(in routes: inout Routes) {
        routes.notes(Self.id, NoteRoutes(read: { [self] in listed($0, $1) }))
        commands.setOperatorRecorder { [self] in record($0, $1) }
        commands.add(CommandDefinition("acts", "List the latest commands of operators", for: .operators, run: list))
    }

    private func record(_ definition: CommandDefinition, _ call: CommandDefinition.Call) {
        let details = String(call.values.recordText.prefix(Self.longestDetails))
        kernel.log(
            .notice, "an operator executes a command",
            ["operator": "\(call.user.jid)", "command": "\(definition.word)", "values": "\(details)"])
        let act = OperatorAct(
            by: call.user.jid.description, command: definition.word, details: details, at: kernel.world.now())
        kernel.commit(.other(AnyChange(RecordAct(gateway: kernel.gateway, act))))
    }

    private func list(_ call: CommandDefinition.Call) throws(StanzaError) -> CommandDefinition.Reply {
        let query = OperatorActs(gateway: kernel.gateway, limit: Self.mostListed)
        kernel.order(.read(query, .note(NoteSlip(Self.id, PendingList(asker: call.asker)))))
        return .answeredLater
    }

    private func listed(_ note: any Note, _ result: Result<any Sendable, RegistryError>) {
        guard let asker = (note as? PendingList)?.asker else { return }
        guard case .success(let acts as [OperatorAct]) = result else { return commands.refuse(asker, .registryAway) }
        guard !acts.isEmpty else { return commands.answer(asker, "No operator has executed a command.") }
        let rows = acts.map { [DateTime.print($0.at.secondsSince1970), $0.by, $0.command, $0.details] }
        let table = CommandResult.Table(
            columns: [("time", "Time"), ("operator", "Operator"), ("command", "Command"), ("values", "Values")],
            rows: rows)
        commands.answer(asker, .success(CommandResult(["The latest commands, the newest first:"], table: table)))
    }
}
