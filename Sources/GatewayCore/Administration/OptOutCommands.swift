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

    /// A list whose people are being counted.
    private struct Counting: Note {
        let asker: Asker
        /// The last row of the page before; nil for the first page.
        let after: OptOutPage.Place?
    }

    /// A list of which one page is being read.
    private struct Listing: Note {
        let asker: Asker
        /// The number of people on all pages.
        let total: Int
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
            Self.id, NoteRoutes(committed: { [self] in lifted($0, $1) }, read: { [self] in read($0, $1) }))
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
        ask(OptOutCount(gateway: kernel.gateway), Counting(asker: call.asker, after: after))
        return .answeredLater
    }

    private func ask(_ query: any StoreQuery, _ note: any Note) {
        kernel.order(.read(query, .note(NoteSlip(Self.id, note))))
    }

    private func read(_ note: any Note, _ result: Result<any Sendable, RegistryError>) {
        switch (note, result) {
        case (let note as Counting, .success(let total as Int)):
            let page = OptOutPage(gateway: kernel.gateway, after: note.after, limit: Self.mostListed)
            ask(page, Listing(asker: note.asker, total: total))
        case (let note as Listing, .success(let people as [OptOut])): answer(note, people)
        case (let note as Counting, _): commands.refuse(note.asker, .registryAway)
        case (let note as Listing, _): commands.refuse(note.asker, .registryAway)
        default: break
        }
    }

    private func answer(_ note: Listing, _ people: [OptOut]) {
        guard !people.isEmpty else {
            return commands.answer(note.asker, note.total > 0 ? "No further people." : "Nobody has opted out.")
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
        var heading = note.total == 1 ? "One person wants no messages" : "\(note.total) people want no messages"
        heading += people.count < note.total ? "; this page lists \(people.count) of them:" : ":"
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
            let field = kernel.description.lineKey
        else { throw StanzaError(.badRequest, "Name the person, and the sender who may write to the person.") }
        let change = LiftOptOut(
            gateway: kernel.gateway, line: UniqueValue(field, value), localpart: person, at: kernel.world.now())
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
