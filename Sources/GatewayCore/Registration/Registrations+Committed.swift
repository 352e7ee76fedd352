import Basics
import GatewayKit
import Registry
import XMPP

/// Takes the registry's answers to changed and removed registrations.
extension Registrations {
    /// A change of a registration that the registry has not answered.
    enum Pending: Note {
        /// `rows` is the number of rows that were counted in `User.rows` in advance.
        case saving(Asker, UserID, NetworkID?, [String: String], rows: Int)
        case removing(Asker, UserID)
    }

    /// Finishes a registration or its removal, and answers the user.
    func committed(_ note: any Note, _ result: Result<ChangeReply, RegistryError>) {
        switch note as? Pending {
        case .saving(let asker, let id, let network, let settings, let rows):
            guard let user = kernel.users[id] else { return }
            user.rows -= rows
            if let error = refusal(of: settings, result) { return commands.answer(asker, .failure(error)) }
            registered(user, network, settings, asker)
        case .removing(let asker, let id):
            guard let user = kernel.users[id] else { return }
            user.isUnregistering = false
            if case .failure = result {
                let words = "The gateway cannot change its registry now. Try again later."
                return commands.answer(asker, .failure(StanzaError(.wait, .resourceConstraint, words)))
            }
            unregistered(user, asker)
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
            return StanzaError(.cancel, .conflict, "\(shown(key, settings)) is in use by another user.")
        case .failure(.quarantined(let key, let end)):
            let day = DateTime.print(end.secondsSince1970).prefix(10)
            let words =
                "\(shown(key, settings)) belonged to another user until recently. You can register it from \(day) on,"
                + " or ask the operator of this gateway to give it to you."
            return StanzaError(.cancel, .conflict, words)
        case .failure(.unavailable):
            let words = "The gateway cannot store registrations now. Try again later."
            return StanzaError(.wait, .resourceConstraint, words)
        }
    }

    /// The user's value of a unique field, or the field's label if the user has given no value.
    private func shown(_ key: String, _ settings: [String: String]) -> String {
        if let value = settings[key] { return value }
        return kernel.description.loginForm.first { $0.name == key }.map { "'\($0.label)'" } ?? key
    }

    private func registered(_ user: User, _ network: NetworkID?, _ settings: [String: String], _ asker: Asker) {
        let before = accounts.saved(user, network: network).map { $0.count + 1 } ?? 0
        user.rows += settings.count + 1 - before
        accounts.state(of: user)[network] = settings
        guard network == nil else {
            let isOpen = network.map { accounts.isOpen(user, on: $0) } ?? false
            let next = isOpen ? " They apply from your next connection on: leave its rooms, and enter them again." : ""
            return commands.answer(asker, .success(["Your settings are saved.\(next)"]))
        }
        commands.answer(asker, .success(["You are registered."]))
        accounts.restart(user)
        // The gateway asks for the presence of its new user (XEP-0100 §4.1.1).
        home.send(Presence(StanzaHead(to: user.jid, from: kernel.settings.domain), type: .subscribe))
    }

    private func unregistered(_ user: User, _ asker: Asker) {
        commands.answer(asker, .success(["You are not registered any more."]))
        accounts.forgetSettings(of: user)
        for subscriber in kernel.routes.moments.unregistered { subscriber(user) }
        user.rows = 0
        // A session that closes reports its open requests as failed, and their senders are told.
        accounts.closeAll(of: user, reason: "Unregistered")
    }
}
