import Basics
import GatewayKit
import Registry
import XMPP

/// Takes the registry's answers to changed and removed registrations.
extension Registrations {
    /// A change of a registration that the registry has not answered.
    enum Pending: Note {
        /// `rows` is the number of rows that were counted in `User.rows` in advance. An assigned registration is made
        /// by an operator, who gets the answer.
        case saving(Asker, UserID, NetworkID?, [String: String], rows: Int, isAssigned: Bool)
        case removing(Asker, UserID, byOperator: Bool)
    }

    /// Finishes a registration or its removal, and answers the user.
    func committed(_ note: any Note, _ result: Result<ChangeReply, RegistryError>) {
        switch note as? Pending {
        case .saving(let asker, let id, let network, let settings, let rows, let isAssigned):
            guard let user = kernel.users[id] else { return }
            user.rows -= rows
            if let error = refusal(of: settings, result) { return commands.refuse(asker, error) }
            isAssigned ? assigned(user, settings, asker) : registered(user, network, settings, asker)
        case .removing(let asker, let id, let byOperator):
            guard let user = kernel.users[id] else { return }
            user.isLeaving = false
            if case .failure = result {
                let words = "The gateway cannot change its registry now. Try again later."
                return commands.refuse(asker, StanzaError(.resourceConstraint, words))
            }
            unregistered(user, asker, byOperator: byOperator)
        case nil: break
        }
    }

    /// The refusal for settings that the registry has not stored; nil if it has stored them.
    private func refusal(
        of settings: [String: String], _ result: Result<ChangeReply, RegistryError>
    ) -> StanzaError? {
        switch result {
        case .success: return nil
        case .failure(.conflict(let key)):
            let words =
                "\(shown(key, settings)) is in use by another user. Choose another one, or ask the operator of this"
                + " gateway."
            return StanzaError(.conflict, words).about(key)
        case .failure(.quarantined(let key, let end)):
            let day = DateTime.print(end.secondsSince1970).prefix(10)
            let words =
                "\(shown(key, settings)) belonged to another user until recently. You can register it from \(day) on,"
                + " or ask the operator of this gateway to give it to you."
            return StanzaError(.conflict, words).about(key)
        case .failure(.unavailable):
            let words = "The gateway cannot store registrations now. Try again later."
            return StanzaError(.resourceConstraint, words)
        }
    }

    /// The user's value of a unique field, or the field's label if the user has given no value.
    private func shown(_ key: String, _ settings: [String: String]) -> String {
        if let value = settings[key] { return value }
        return kernel.description.loginForm.first { $0.name == key }.map { "'\($0.label)'" } ?? key
    }

    private func registered(_ user: User, _ network: NetworkID?, _ settings: [String: String], _ asker: Asker) {
        let isNews = accounts.saved(user, network: network) != settings
        keep(settings, for: network, user)
        let result = words(for: user, network, settings)
        commands.answer(asker, .success(result))
        // The answer to a registration form has no place for words.
        if case .query(let sender) = asker, isNews { commands.tell(result.lines, sender) }
        if network == nil { begin(user) }
    }

    /// The text that confirms a registration: it lists the stored values and names the next step.
    private func words(for user: User, _ network: NetworkID?, _ settings: [String: String]) -> CommandResult {
        if let network {
            var next = "They apply to your next connection."
            if kernel.description.connectionCommands != nil {
                next += " Send 'reconnect' to \(kernel.settings.domain) to connect again now."
            }
            let lines = ["Your settings for \(network) are saved\(list(of: settings))."]
            return CommandResult(lines + (accounts.isOpen(user, on: network) ? [next] : []))
        }
        let next =
            kernel.description.roomIdentity == nil
            ? "Next: add somebody as a contact, with 'add' in a chat with \(kernel.settings.domain) or in your client."
            : "Next: enter a room of a network\(exampleOfRoom), or add somebody as a contact, with 'add' in a chat with"
                + " \(kernel.settings.domain) or in your client."
        return CommandResult(["You are registered with \(kernel.settings.domain)\(list(of: settings)).", next])
    }

    /// `, such as #channel%net@gateway.example.org`; empty if the networks name no example.
    private var exampleOfRoom: String {
        let network = kernel.rules.networks.min { $0.rawValue < $1.rawValue }
        for case .room(let room) in network.map(kernel.rules.examples(on:)) ?? [] {
            if let jid = kernel.addresses.jid(.room(room)) { return ", such as \(jid)" }
        }
        return ""
    }

    /// Keeps stored settings in memory.
    func keep(_ settings: [String: String], for network: NetworkID?, _ user: User) {
        let before = accounts.saved(user, network: network).map { $0.count + 1 } ?? 0
        user.rows += settings.count + 1 - before
        accounts.state(of: user)[network] = settings
    }

    /// Opens the session of a user who is registered now.
    func begin(_ user: User) {
        accounts.restart(user)
        for subscriber in kernel.routes.moments.registered { subscriber(user) }
    }

    /// The stored values with the labels of their fields, without secrets: ` (Your number: +15550111; Nick: anna)`. Empty
    /// if there are none.
    func list(of settings: [String: String]) -> String {
        let shown = kernel.description.loginForm.filter { !$0.isSealed }.compactMap { field in
            settings[field.name].map { "\(field.label): \($0.replacing("\n", with: " / "))" }
        }
        return shown.isEmpty ? "" : " (" + shown.joined(separator: "; ") + ")"
    }

    private func unregistered(_ user: User, _ asker: Asker, byOperator: Bool) {
        commands.answer(
            asker,
            byOperator
                ? "The data of \(user.jid) on \(kernel.settings.domain) are deleted. The user is not registered."
                : "Your data on \(kernel.settings.domain) are deleted. You are not registered.")
        accounts.forgetSettings(of: user)
        for subscriber in kernel.routes.moments.unregistered { subscriber(user) }
        user.rows = 0
        decline(user)
        // A session that closes reports its open requests as failed, and their senders are told.
        accounts.closeAll(of: user, reason: "Unregistered")
    }
}
