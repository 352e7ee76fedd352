import GatewayKit
import XMPP

/// The command `estimate`: tells how a text would be sent, and sends nothing.
final class TextEstimates: Feature {
    private static let field = "text"
    private let kernel: Kernel
    private let commands: Commands

    init(_ kernel: Kernel, _ commands: Commands) {
        self.kernel = kernel
        self.commands = commands
    }

    func register(in routes: inout Routes) {
        guard kernel.rules.estimate(of: "a") != nil else { return }
        commands.add(
            CommandDefinition("estimate", "Show how a text would be sent", steps: [askForText], run: estimate))
    }

    private func askForText(_ call: CommandDefinition.Call) throws(StanzaError) -> CommandForm? {
        CommandForm(
            title: "How a text would be sent", instructions: ["Nothing is sent."],
            fields: [CommandField(Self.field, .lines, label: "Text", isRequired: true)])
    }

    private func estimate(_ call: CommandDefinition.Call) throws(StanzaError) -> CommandDefinition.Reply {
        let text = call.values.list(Self.field).joined(separator: "\n")
        return .done(CommandResult(kernel.rules.estimate(of: text) ?? []))
    }
}
