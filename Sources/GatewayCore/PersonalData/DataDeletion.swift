import GatewayKit
import XMPP

/// The command `delete-data`: deletes all data of a user, whether the user is registered or not. Operators delete the
/// data of another user with `delete-user`.
final class DataDeletion: Feature {
    /// Carries out `delete-user` as soon as the user's data are loaded (`Kernel.wait`).
    private static let deleteTimer: TimerID = "delete user"

    private let kernel: Kernel
    private let commands: Commands
    private let registrations: Registrations

    /// A deletion that waits for the user's data.
    private struct Deletion: Sendable {
        let asker: Asker
        let user: UserID
    }

    init(_ kernel: Kernel, _ commands: Commands, _ registrations: Registrations) {
        self.kernel = kernel
        self.commands = commands
        self.registrations = registrations
    }

    func register(in routes: inout Routes) {
        commands.add(CommandDefinition("delete-data", "Delete my data", steps: [confirm], run: delete))
        routes.timer(Self.deleteTimer, about: Deletion.self) { [self] in delete($0) }
        commands.add(
            CommandDefinition(
                "delete-user", "Delete the data of a user", for: .operators, steps: [askForUser], run: deleteOther))
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

    // MARK: Other users

    private func askForUser(_ call: CommandDefinition.Call) throws(StanzaError) -> CommandForm? {
        var form = CommandForm.confirmation(
            "Delete the data of a user",
            "All that this gateway keeps about the user will be deleted, as with the user's own command 'delete-data'."
                + " The user can register again; 'ban' prevents that.")
        form.fields.insert(CommandField("user-jid", .jid, label: "User", isRequired: true), at: 0)
        return form
    }

    private func deleteOther(_ call: CommandDefinition.Call) throws(StanzaError) -> CommandDefinition.Reply {
        try call.checkConfirmed()
        guard let user = call.values.text("user-jid") else { throw .notServed }
        let deletion = Deletion(asker: call.asker, user: UserID(user))
        if kernel.users[deletion.user] != nil {
            delete(deletion)
        } else if !kernel.wait(.timer(TimerTag(Self.deleteTimer, about: deletion)), for: deletion.user) {
            throw .tooManyRequests
        }
        return .answeredLater
    }

    private func delete(_ deletion: Deletion) {
        guard let user = kernel.users[deletion.user] else { return commands.refuse(deletion.asker, .registryAway) }
        registrations.remove(user, deletion.asker, byOperator: true)
    }
}
