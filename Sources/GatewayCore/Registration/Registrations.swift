import GatewayKit
import Registry
import XML
import XMPP

/// Registration with the gateway (XEP-0077, XEP-0100 §4.1). A user gets the form, submits it, changes it and
/// unregisters. A form that is sent to a network saves settings for that network alone. The commands `register` and
/// `unregister` do the same for clients without XEP-0077.
final class Registrations: Feature {
    static let id: FeatureID = "registering"

    let kernel: Kernel
    let home: HomeStream
    let accounts: Accounts
    let contacts: Contacts
    let commands: Commands
    /// The form for one network, and that for the gateway itself.
    private let networkForm: RegistrationForm
    private let gatewayForm: RegistrationForm
    private var allowances: Allowances

    init(
        _ kernel: Kernel, _ home: HomeStream, _ accounts: Accounts, _ contacts: Contacts, _ commands: Commands
    ) {
        self.kernel = kernel
        self.home = home
        self.accounts = accounts
        self.contacts = contacts
        self.commands = commands
        networkForm = RegistrationForm(kernel.description, isShared: false)
        gatewayForm = RegistrationForm(kernel.description, isShared: kernel.rules.networks.count != 1)
        let limit = kernel.settings.limits.registrationsPerDay
        allowances = Allowances(burst: limit, perSecond: Double(limit) / 86_400)
    }

    func register(in routes: inout Routes) {
        routes.query(.get, "query", Registration.namespace, on: [.gateway, .network]) {
            [self] query throws(StanzaError) in
            let network = query.target.network
            let saved = accounts.saved(query.user, network: network)
            return .result(form(for: network).registration(saved, for: network).element)
        }
        routes.query(.set, "query", Registration.namespace, on: [.gateway, .network]) {
            [self] query throws(StanzaError) in try submit(query)
        }
        routes.notes(Self.id, NoteRoutes(committed: { [self] in committed($0, $1) }))
        commands.add(
            CommandDefinition(node: "register", name: "Register or change my settings", isForChat: false) {
                [self] call throws(StanzaError) in try registerByCommand(call)
            })
        commands.add(
            CommandDefinition(
                node: "configure", name: "Change my settings", isForChat: false, targets: [.gateway, .network]
            ) { [self] call throws(StanzaError) in try registerByCommand(call) })
        commands.add(
            CommandDefinition(node: "unregister", name: "Unregister", isForChat: false) {
                [self] call throws(StanzaError) in
                try remove(call.user, call.asker)
                return .answeredLater
            })
    }

    private func submit(_ query: Query) throws(StanzaError) -> QueryOutcome {
        guard let registration = try? Registration(query.payload), let sender = Sender(query.iq.head) else {
            throw StanzaError(.modify, .badRequest, "This is not a registration.")
        }
        if registration.isRemoval {
            guard case .gateway = query.target else {
                throw StanzaError(.cancel, .notAllowed, "Unregister from the gateway itself, not from a network.")
            }
            try remove(query.user, .query(sender))
            return .answeredLater
        }
        if registration.form?.type == .cancel { return .result(nil) }
        let values = try form(for: query.target.network).values(of: registration)
        try save(values, for: query.target.network, query.user, .query(sender))
        return .answeredLater
    }

    private func form(for network: NetworkID?) -> RegistrationForm { network == nil ? gatewayForm : networkForm }

    private func registerByCommand(_ call: CommandDefinition.Call) throws(StanzaError) -> CommandDefinition.Reply {
        let network = call.target.network
        guard let filled = call.form else {
            return .form(form(for: network).dataForm(accounts.saved(call.user, network: network) ?? [:], for: network))
        }
        try save(try form(for: network).values(of: filled), for: network, call.user, call.asker)
        return .answeredLater
    }

    /// Checks and stores the values of a submitted form. `committed` answers the user when they are on disk.
    private func save(
        _ values: [String: String], for network: NetworkID?, _ user: User, _ asker: Asker
    ) throws(StanzaError) {
        guard !user.isUnregistering else { throw .registrationRequired }
        let description = kernel.description
        let saved = accounts.saved(user, network: network) ?? [:]
        let filled = try form(for: network).checked(values, saved: saved)
        let checked: [String: String]
        let unique = description.uniqueKeys
        do throws(Failure) {
            checked = try kernel.rules.check(login: filled)
            if unique.contains(where: { checked[$0] != saved[$0] }) {
                try kernel.rules.authorize(checked, by: user.id)
            }
        } catch {
            throw StanzaError(error)
        }
        let secret = Set(description.loginForm.filter { $0.kind == .secret }.map(\.name))
        let record = AccountRecord(
            gateway: kernel.gateway, user: user.id, network: network, settings: checked, secretKeys: secret)
        let before = accounts.saved(user, network: network).map { $0.count + 1 } ?? 0
        let more = record.rows - before
        try admit(more, user)
        user.rows += more
        let terms = UniqueValueTerms(
            at: kernel.world.now(), quarantine: description.loginForm.map(\.quarantine).max() ?? .zero,
            isAssigned: kernel.rules.owner(of: checked) == user.id)
        let note = Pending.saving(asker, user.id, network, checked, rows: more)
        kernel.commit(.saveAccount(record, unique: unique, terms: terms), of: user, .note(NoteSlip(Self.id, note)))
    }

    /// Refuses a registration that needs more rows than the user may store, or that is one too many for the day.
    private func admit(_ more: Int, _ user: User) throws(StanzaError) {
        guard kernel.hasRows(more, user) else {
            kernel.overLimit("rows", user.jid)
            throw .tooManyRows(kernel.settings.limits.rowsPerUser)
        }
        guard allowances.take(user.jid, now: kernel.world.now) else {
            kernel.overLimit("registrations-per-day", user.jid)
            let limit = kernel.settings.limits.registrationsPerDay
            let words =
                "You have tried to change your registration too often; the limit is \(limit) a day. Try again in"
                + " \(max(1, 1_440 / limit)) minutes."
            throw StanzaError(.wait, .policyViolation, words)
        }
    }

    private func remove(_ user: User, _ asker: Asker) throws(StanzaError) {
        guard accounts.isRegistered(user) || contacts.hasContacts(user) else {
            throw StanzaError(.cancel, .registrationRequired, "You are not registered.")
        }
        let removal = Change.removeUser(
            gateway: kernel.gateway, user.id, unique: kernel.description.uniqueKeys, at: kernel.world.now())
        user.isUnregistering = true
        kernel.commit(removal, of: user, .note(NoteSlip(Self.id, Pending.removing(asker, user.id))))
    }
}
