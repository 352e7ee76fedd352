import GatewayKit
import XMPP

/// The command `delete-data`: deletes all data of a user, whether the user is registered or not.
final class DataDeletion: Feature {
    private let commands: Commands
    private let registrations: Registrations

    init(_ commands: Commands, _ registrations: Registrations) {
        self.commands = commands
        self.registrations = registrations
    }

    func register(in routes: inout Routes) {
        commands.add(CommandDefinition("delete-data", "Delete my data", steps: [confirm], run: delete))
    }

    private func confirm(_ call: CommandDefinition.Call) throws(StanzaError) -> CommandForm? {
        CommandForm.confirmation(
            "Delete my data",
            "All that this gateway keeps about you will be deleted: your registration, your settings, your contacts, the"
                + " people who have written to you, and the record of your messages. Messages that wait will not be"
                + " sent. The operators' record of their own commands stays, also if it names you.")
    }

    private func delete(_ call: CommandDefinition.Call) throws(StanzaError) -> CommandDefinition.Reply {
        try call.checkConfirmed()
        registrations.remove(call.user, call.asker)
        return .answeredLater
    }
}
