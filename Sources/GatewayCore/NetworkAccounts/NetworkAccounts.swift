import GatewayKit
import XMPP

/// The forms `register-account` and `verify-account`, for networks where a client can register an account
/// (`Ability.accounts`). A submitted form is sent as the command that the user could also type.
final class NetworkAccounts: Feature {
    private static let id: FeatureID = "network accounts"
    private static let nameField = "account"
    private static let mailField = "email"
    private static let passwordField = "password"
    private static let codeField = "code"

    private let kernel: Kernel
    private let accounts: Accounts
    private let commands: Commands

    /// A command that the network has not answered.
    private struct Pending: Note {
        let asker: Asker
    }

    init(_ kernel: Kernel, _ accounts: Accounts, _ commands: Commands) {
        self.kernel = kernel
        self.accounts = accounts
        self.commands = commands
    }

    func register(in routes: inout Routes) {
        routes.notes(Self.id, NoteRoutes(outcome: { [self] note, result, _ in ended(note, result) }))
        guard let names = kernel.description.accountCommands else { return }
        add("register-account", "Make an account on this network", accountForm) {
            [self] call throws(StanzaError) in try make(call, names.register)
        }
        add("verify-account", "Verify my account on this network", codeForm) {
            [self] call throws(StanzaError) in try verify(call, names.verify)
        }
    }

    /// Adds a command of one step, which is there where the network makes accounts.
    private func add(
        _ node: String, _ name: String, _ form: @escaping CommandDefinition.Step,
        run: @escaping (CommandDefinition.Call) throws(StanzaError) -> CommandDefinition.Reply
    ) {
        let targets: TargetKinds = kernel.networkOfGateway == nil ? .network : [.network, .gateway]
        var definition = CommandDefinition(node, name, at: targets, steps: [form], run: run)
        definition.isOffered = { [self] user, target in areMade(target, for: user) }
        commands.add(definition)
    }

    /// Whether the network makes accounts for the user, who has a connection to it.
    private func areMade(_ target: Target, for user: User) -> Bool {
        guard let network = kernel.network(at: target) else { return false }
        let capabilities = accounts.capabilities(of: .network(network), on: network, user)
        return capabilities.map { $0[.accounts] > .rejected } ?? false
    }

    private func accountForm(_ call: CommandDefinition.Call) throws(StanzaError) -> CommandForm? {
        CommandForm(
            title: "Make an account",
            fields: [
                CommandField(Self.nameField, .text, label: "Account name; empty for your nick"),
                CommandField(Self.mailField, .text, label: "E-mail address, if the network asks for one"),
                CommandField(Self.passwordField, .secret, label: "Password", isRequired: true),
            ])
    }

    private func codeForm(_ call: CommandDefinition.Call) throws(StanzaError) -> CommandForm? {
        CommandForm(
            title: "Verify an account",
            fields: [
                CommandField(Self.nameField, .text, label: "Account name", isRequired: true),
                CommandField(Self.codeField, .text, label: "Code that you were sent", isRequired: true),
            ])
    }

    private func make(
        _ call: CommandDefinition.Call, _ command: String
    ) throws(StanzaError) -> CommandDefinition.Reply {
        let password = call.values.text(Self.passwordField) ?? ""
        guard password.first != " ", password.last != " " else {
            let words = "Choose a password without a space at its beginning or end."
            throw StanzaError(.notAcceptable, words).about(Self.passwordField)
        }
        let name = try word(call, Self.nameField) ?? "*"
        return try ask([command, name, try word(call, Self.mailField) ?? "*", password], call)
    }

    private func verify(
        _ call: CommandDefinition.Call, _ command: String
    ) throws(StanzaError) -> CommandDefinition.Reply {
        let words = [try word(call, Self.nameField), try word(call, Self.codeField)].compactMap(\.self)
        return try ask([command] + words, call)
    }

    /// The value of a field without spaces; nil if it is empty.
    private func word(_ call: CommandDefinition.Call, _ field: String) throws(StanzaError) -> String? {
        guard let value = call.values.text(field) else { return nil }
        guard !value.contains(where: \.isWhitespace) else {
            throw StanzaError(.notAcceptable, "The value cannot have spaces. Leave them out.").about(field)
        }
        return value
    }

    private func ask(
        _ words: [String], _ call: CommandDefinition.Call
    ) throws(StanzaError) -> CommandDefinition.Reply {
        guard let network = kernel.network(at: call.target) else { throw .notServed }
        try accounts.admit(call.user)
        let account = try accounts.openWithinLimit(network, for: call.user)
        try accounts.perform(
            .ask(.command(words.joined(separator: " "), at: .network(network))), of: call.user, as: account,
            then: .note(NoteSlip(Self.id, Pending(asker: call.asker))))
        return .answeredLater
    }

    private func ended(_ note: any Note, _ result: Result<Answer?, Failure>) {
        guard let pending = note as? Pending else { return }
        switch result {
        case .success(.command(let lines)?): commands.answer(pending.asker, .success(CommandResult(lines)))
        case .success: commands.answer(pending.asker, .failure(.notServed))
        case .failure(let failure): commands.answer(pending.asker, .failure(StanzaError(failure)))
        }
    }
}
