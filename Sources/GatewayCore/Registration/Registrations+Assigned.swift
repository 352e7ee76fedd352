import GatewayKit
import Logging
import Registry
import XMPP

/// Registrations that operators make for users: by the configuration, or by the command `assign`.
extension Registrations {
    /// Registers a user with the values that the configuration gives to the user, unless the user is registered
    /// already or has unregistered. Call it when the user has been loaded.
    func registerAssigned(_ user: User, _ stored: UserRecord) {
        guard let value = assigned[user.id], !accounts.isRegistered(user),
            !stored.kept.contains(where: { $0.purpose == .declined }),
            let settings = try? kernel.rules.check(login: [value.field: value.value])
        else { return }
        let record = AccountRecord(gateway: kernel.gateway, user: user.id, network: nil, settings: settings)
        let terms = UniqueValueTerms(at: kernel.world.now(), isAssigned: true)
        // The user does not wait for the registry: the configuration is the authority, and the start of the gateway has
        // taken the value from a former owner.
        kernel.commit(.saveAccount(record, unique: kernel.description.uniqueKeys, terms: terms), of: user)
        kernel.log(.notice, "a user is registered with a value that the configuration gives", ["user": "\(user.id)"])
        keep(settings, for: nil, user)
        begin(user)
    }

    /// Remembers that a user does not want the values that the configuration gives to the user.
    func decline(_ user: User) {
        guard assigned[user.id] != nil else { return }
        user.rows += 1
        kernel.commit(
            .keepValues(["": "1"], for: .declined, of: user.id, gateway: kernel.gateway, at: kernel.world.now()),
            of: user)
    }

    /// An operator has registered a user: tells both.
    func assigned(_ user: User, _ settings: [String: String], _ asker: Asker) {
        keep(settings, for: nil, user)
        commands.answer(asker, "\(user.jid) is registered\(list(of: settings)).")
        let words =
            "An operator of \(kernel.settings.domain) has registered you\(list(of: settings)). Send 'help' here for the"
            + " list of commands."
        let head = StanzaHead(to: user.jid, from: kernel.settings.domain, id: kernel.world.newID())
        home.deliver(.direct(Message(head, type: .chat, body: words)))
        begin(user)
    }
}
