import GatewayKit
import XMPP

/// The operators' command `assign`: registers another user, for example with a number, so that the user need not
/// register.
final class Assignments: Feature {
    /// Carries out `assign` as soon as the user's data are loaded (`Kernel.wait`).
    private static let assignTimer: TimerID = "assign"

    private let kernel: Kernel
    private let registrations: Registrations
    private let commands: Commands

    /// An assignment that waits for the user's data.
    private struct Assignment: Sendable {
        let asker: Asker
        let user: UserID
        let values: CommandValues
    }

    init(_ kernel: Kernel, _ registrations: Registrations, _ commands: Commands) {
        self.kernel = kernel
        self.registrations = registrations
        self.commands = commands
    }

    func register(in routes: inout Routes) {
        routes.timer(Self.assignTimer, about: Assignment.self) { [self] in assign($0) }
        commands.add(
            CommandDefinition(
                "assign", "Register a user", for: .operators, steps: [askForUser, askForLogin], run: assign))
    }

    private func askForUser(_ call: CommandDefinition.Call) throws(StanzaError) -> CommandForm? {
        CommandForm(
            title: "Register a user",
            instructions: [
                "The values of the next form replace the user's registration. A secret that you leave empty stays as it"
                    + " is."
            ],
            fields: [CommandField("user-jid", .jid, label: "User", isRequired: true)])
    }

    private func askForLogin(_ call: CommandDefinition.Call) throws(StanzaError) -> CommandForm? {
        guard let user = call.values.text("user-jid").flatMap({ try? JID($0) }), user.local != nil else {
            throw Self.refusal("A user has an address such as anna@example.org.")
        }
        guard kernel.mayUse(user) else {
            throw Self.refusal("\(user) may not use this gateway. Add it to access.allow, or readmit it.")
        }
        return registrations.form(for: nil, saved: nil)
    }

    private static func refusal(_ words: String) -> StanzaError {
        StanzaError(.notAcceptable, words).about("user-jid")
    }

    private func assign(_ call: CommandDefinition.Call) throws(StanzaError) -> CommandDefinition.Reply {
        guard let user = call.values.text("user-jid") else { throw .notServed }
        var values = call.values
        values["user-jid"] = nil
        let assignment = Assignment(asker: call.asker, user: UserID(user), values: values)
        if kernel.users[assignment.user] != nil {
            try save(assignment)
        } else if !kernel.wait(.timer(TimerTag(Self.assignTimer, about: assignment)), for: assignment.user) {
            throw .tooManyRequests
        }
        return .answeredLater
    }

    private func assign(_ assignment: Assignment) {
        do throws(StanzaError) {
            try save(assignment)
        } catch {
            commands.refuse(assignment.asker, error)
        }
    }

    private func save(_ assignment: Assignment) throws(StanzaError) {
        guard let user = kernel.users[assignment.user] else { throw .registryAway }
        try registrations.save(assignment.values, for: nil, user, assignment.asker, isAssigned: true)
    }
}
