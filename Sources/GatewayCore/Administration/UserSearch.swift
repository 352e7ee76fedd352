import GatewayKit
import Registry
import XMPP

/// The operators' command `users`: lists or finds the users about whom the gateway keeps data.
final class UserSearch: Feature {
    private static let id: FeatureID = "user search"
    private static let node = "users"
    /// Users in one page of the registry.
    private static let mostListed = 200

    private let kernel: Kernel
    private let accounts: Accounts
    private let commands: Commands

    private struct Pending: Note {
        let asker: Asker
        /// The text that the address of every listed user contains.
        let text: String
        /// Whether the list has pages before this one.
        let isFurther: Bool
    }

    /// The name of the value that holds the last user of the page before. Only `next` sets it: no form has such a
    /// field.
    private static let after = "after"

    init(_ kernel: Kernel, _ accounts: Accounts, _ commands: Commands) {
        self.kernel = kernel
        self.accounts = accounts
        self.commands = commands
    }

    func register(in routes: inout Routes) {
        routes.notes(Self.id, NoteRoutes(read: { [self] in found($0, $1) }))
        var definition = CommandDefinition(
            Self.node, "List or find users", for: .operators, steps: [askForText], run: find)
        definition.asksInChat = false
        commands.add(definition)
    }

    private func askForText(_ call: CommandDefinition.Call) throws(StanzaError) -> CommandForm? {
        let text = CommandField("text", .text, label: "Part of the address; empty for all users")
        return CommandForm(title: "Find users", fields: [text])
    }

    private func find(_ call: CommandDefinition.Call) throws(StanzaError) -> CommandDefinition.Reply {
        let text = (call.values.text("text") ?? "").lowercased()
        let after = call.values.text(Self.after).map { UserID($0) }
        let query = UserPage(gateway: kernel.gateway, containing: text, after: after, limit: Self.mostListed)
        let note = Pending(asker: call.asker, text: text, isFurther: after != nil)
        kernel.order(.read(query, .note(NoteSlip(Self.id, note))))
        return .answeredLater
    }

    private func found(_ note: any Note, _ result: Result<any Sendable, RegistryError>) {
        guard let note = note as? Pending else { return }
        guard case .success(let users as [KnownUser]) = result else {
            return commands.refuse(note.asker, .registryAway)
        }
        guard !users.isEmpty else {
            return commands.answer(note.asker, note.isFurther ? "No further user was found." : "No user was found.")
        }
        let table = CommandResult.Table(
            columns: [("jid", "User"), ("state", "State"), ("contacts", "Contacts"), ("networks", "Connected to")],
            rows: users.map(row),
            chatCells: { [$0[0], $0[1], $0[2] == "1" ? "1 contact" : "\($0[2]) contacts", $0[3]] })
        let result = CommandResult([heading(users.count, note)], table: table, next: next(users, note))
        commands.answer(note.asker, .success(result))
    }

    private func heading(_ count: Int, _ note: Pending) -> String {
        if count == Self.mostListed { return note.isFurther ? "The next \(count) users:" : "The first \(count) users:" }
        if note.isFurther { return count == 1 ? "The last user:" : "The last \(count) users:" }
        return count == 1 ? "One user:" : "\(count) users:"
    }

    /// The command that lists the users after these; nil if the page is not full, so that there are none.
    private func next(_ users: [KnownUser], _ note: Pending) -> CommandResult.Next? {
        guard users.count == Self.mostListed, let last = users.last else { return nil }
        var values = CommandValues()
        values["text"] = note.text.isEmpty ? nil : [note.text]
        values[Self.after] = [last.user.rawValue]
        return CommandResult.Next(node: Self.node, values: values)
    }

    private func row(of user: KnownUser) -> [String] {
        let open = kernel.users[user.user].map { accounts.networksOpen(of: $0).map(\.rawValue) } ?? []
        let restriction = (try? JID(user.user.rawValue)).flatMap {
            kernel.restriction(of: $0)?.kind.rawValue
        }
        let state = restriction ?? (user.isRegistered ? "registered" : "not registered")
        return [user.user.rawValue, state, "\(user.contacts)", open.joined(separator: " ")]
    }
}
