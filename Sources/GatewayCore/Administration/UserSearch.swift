import GatewayKit
import Registry
import XMPP

/// The operators' command `users`: lists or finds the users about whom the gateway keeps data.
final class UserSearch: Feature {
    private static let id: FeatureID = "user search"
    private static let mostListed = 200

    private let kernel: Kernel
    private let accounts: Accounts
    private let commands: Commands

    private struct Pending: Note { let asker: Asker }

    init(_ kernel: Kernel, _ accounts: Accounts, _ commands: Commands) {
        self.kernel = kernel
        self.accounts = accounts
        self.commands = commands
    }

    func register(in routes: inout Routes) {
        routes.notes(Self.id, NoteRoutes(read: { [self] in found($0, $1) }))
        commands.add(
            CommandDefinition("users", "List or find users", for: .operators, steps: [askForText], run: find))
    }

    private func askForText(_ call: CommandDefinition.Call) throws(StanzaError) -> CommandForm? {
        let text = CommandField("text", .text, label: "Part of the address; empty for all users")
        let after = CommandField("after", .text, label: "Next page: the last address of the page before")
        return CommandForm(title: "Find users", fields: [text, after])
    }

    private func find(_ call: CommandDefinition.Call) throws(StanzaError) -> CommandDefinition.Reply {
        let query = UserPage(
            gateway: kernel.gateway, containing: (call.values.text("text") ?? "").lowercased(),
            after: call.values.text("after").map { UserID($0) }, limit: Self.mostListed)
        kernel.order(.read(query, .note(NoteSlip(Self.id, Pending(asker: call.asker)))))
        return .answeredLater
    }

    private func found(_ note: any Note, _ result: Result<any Sendable, RegistryError>) {
        guard let asker = (note as? Pending)?.asker else { return }
        guard case .success(let users as [KnownUser]) = result else { return commands.refuse(asker, .registryAway) }
        guard !users.isEmpty else { return commands.answer(asker, "No user was found.") }
        let table = CommandResult.Table(
            columns: [("jid", "User"), ("state", "State"), ("contacts", "Contacts"), ("networks", "Connected to")],
            rows: users.map(row),
            chatCells: { [$0[0], $0[1], $0[2] == "1" ? "1 contact" : "\($0[2]) contacts", $0[3]] })
        var lines = [users.count == 1 ? "One user:" : "\(users.count) users:"]
        if users.count == Self.mostListed, let last = users.last {
            lines = ["The first \(users.count) users. For more, ask for those after \(last.user):"]
        }
        commands.answer(asker, .success(CommandResult(lines, table: table)))
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
