import Basics
import GatewayKit
import Registry
import XMPP

/// The operators' commands about people who want no messages: `opt-outs` lists these people. `lift-opt-out` allows
/// messages again to a person who has asked the operator for them.
final class OptOutCommands: Feature {
    private static let id: FeatureID = "opt-outs"
    private static let node = "opt-outs"
    /// The number of people in one page of the list.
    private static let mostListed = 500

    private let kernel: Kernel
    private let commands: Commands

    private struct Listing: Note {
        let asker: Asker
        /// Whether the list has pages before this one.
        let isFurther: Bool
    }

    private struct Lifting: Note {
        let asker: Asker
        let localpart: String
        let value: String
    }

    /// The names of the command values with the last row of the previous page. Only `next` sets them: no form has
    /// fields with these names.
    private static let after = (field: "after-field", value: "after-value", localpart: "after-person")

    init(_ kernel: Kernel, _ commands: Commands) {
        self.kernel = kernel
        self.commands = commands
    }

    func register(in routes: inout Routes) {
        guard kernel.description.optOutHint != nil else { return }
        routes.notes(
            Self.id, NoteRoutes(committed: { [self] in lifted($0, $1) }, read: { [self] in listed($0, $1) }))
        commands.add(
            CommandDefinition(Self.node, "List the people who want no messages", for: .operators, run: list))
        commands.add(
            CommandDefinition(
                "lift-opt-out", "Allow messages to a person who wanted none", for: .operators,
                steps: [askForPerson], run: lift))
    }

    // MARK: Listing

    private func list(_ call: CommandDefinition.Call) throws(StanzaError) -> CommandDefinition.Reply {
        let values = call.values
        var after: OptOutPage.Place?
        if let field = values.text(Self.after.field), let value = values.text(Self.after.value),
            let localpart = values.text(Self.after.localpart)
        {
            after = OptOutPage.Place(line: UniqueValue(field, value), localpart: localpart)
        }
        let query = OptOutPage(gateway: kernel.gateway, after: after, limit: Self.mostListed)
        kernel.order(.read(query, .note(NoteSlip(Self.id, Listing(asker: call.asker, isFurther: after != nil)))))
        return .answeredLater
    }

    private func listed(_ note: any Note, _ result: Result<any Sendable, RegistryError>) {
        guard let note = note as? Listing else { return }
        guard case .success(let people as [OptOut]) = result else { return commands.refuse(note.asker, .registryAway) }
        guard !people.isEmpty else {
            return commands.answer(note.asker, note.isFurther ? "No further people." : "Nobody has opted out.")
        }
        let rows = people.map { person in
            let source =
                switch person.source {
                case .person: "a message of the person"
                case .network: "a report of the network"
                }
            return [person.localpart, person.line.value, DateTime.print(person.since.secondsSince1970), source]
        }
        let table = CommandResult.Table(
            columns: [("person", "Person"), ("line", "Wants nothing from"), ("since", "Since"), ("source", "Source")],
            rows: rows, chatCells: { [$0[0], "wants nothing from \($0[1])", "since \($0[2])", $0[3]] })
        let heading = people.count == 1 ? "One person wants no messages:" : "\(people.count) people want no messages:"
        let result = CommandResult([heading], table: table, next: next(people))
        commands.answer(note.asker, .success(result))
    }

    /// The command that lists the people after these; nil if the page is not full, so that there are none.
    private func next(_ people: [OptOut]) -> CommandResult.Next? {
        guard people.count == Self.mostListed, let last = people.last else { return nil }
        var values = CommandValues()
        values[Self.after.field] = [last.line.field]
        values[Self.after.value] = [last.line.value]
        values[Self.after.localpart] = [last.localpart]
        return CommandResult.Next(node: Self.node, values: values)
    }

    // MARK: Lifting

    private func askForPerson(_ call: CommandDefinition.Call) throws(StanzaError) -> CommandForm? {
        CommandForm(
            title: "Allow messages to a person",
            instructions: ["Do this only if the person has asked for it. The command 'opt-outs' shows both values."],
            fields: [
                CommandField("person", .text, label: "Person", isRequired: true),
                CommandField("line", .text, label: "Sender who may write to the person", isRequired: true),
            ])
    }

    private func lift(_ call: CommandDefinition.Call) throws(StanzaError) -> CommandDefinition.Reply {
        guard let person = call.values.text("person"), let value = call.values.text("line"),
            let field = kernel.description.loginForm.first(where: \.unique)?.name
        else { throw StanzaError(.badRequest, "Name the person, and the sender who may write to the person.") }
        let change = LiftOptOut(gateway: kernel.gateway, line: UniqueValue(field, value), localpart: person)
        let note = Lifting(asker: call.asker, localpart: person, value: value)
        kernel.commit(.other(AnyChange(change)), .note(NoteSlip(Self.id, note)))
        return .answeredLater
    }

    private func lifted(_ note: any Note, _ result: Result<ChangeReply, RegistryError>) {
        guard let note = note as? Lifting else { return }
        guard case .success = result else { return commands.refuse(note.asker, .registryAway) }
        let words =
            "No wish in the list 'opt-outs' forbids \(note.value) to write to \(note.localpart). Both values must be"
            + " written as in that list."
        commands.answer(note.asker, words)
    }
}
