import GatewayKit
import Registry
import XMPP

/// Registration with the gateway (XEP-0077, XEP-0100 §4.1), and the settings for one network. A user gets the form,
/// submits it, changes it and unregisters.
final class Registrations: Feature {
    static let id: FeatureID = "registering"

    let kernel: Kernel
    let home: HomeStream
    let accounts: Accounts
    let contacts: Contacts
    let commands: Commands
    private var allowances: Allowances
    /// The login values that the operator's configuration gives to users.
    let assigned: [UserID: UniqueValue]

    init(
        _ kernel: Kernel, _ home: HomeStream, _ accounts: Accounts, _ contacts: Contacts, _ commands: Commands
    ) {
        self.kernel = kernel
        self.home = home
        self.accounts = accounts
        self.contacts = contacts
        self.commands = commands
        let limit = kernel.settings.limits.registrationsPerDay
        allowances = Allowances(burst: limit, perSecond: Double(limit) / 86_400)
        // If a user has several values, the first in order is the user's own.
        let assignments = kernel.rules.assignments.sorted { $0.key.value < $1.key.value }
        assigned = Dictionary(assignments.map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    }

    func register(in routes: inout Routes) {
        routes.notes(Self.id, NoteRoutes(committed: { [self] in committed($0, $1) }))
        contacts.whenSubscribed { [self] in welcome($0, to: $1) }
        if !assigned.isEmpty { routes.moments.userLoaded.append { [self] in registerAssigned($0, $1) } }
        commands.add(
            CommandDefinition(
                "register", "Register or change my settings", registration: .form, steps: [askForSettings], run: store))
        commands.add(
            CommandDefinition(
                "configure", word: "settings", "Change my settings", at: [.gateway, .network], registration: .form,
                steps: [askForSettings], run: store))
        commands.add(
            CommandDefinition(
                "unregister", "Unregister and delete my data", registration: .removal, steps: [askForConfirmation],
                run: unregister))
    }

    private func askForSettings(_ call: CommandDefinition.Call) throws(StanzaError) -> CommandForm? {
        form(for: call.target.network, of: call.user)
    }

    private func store(_ call: CommandDefinition.Call) throws(StanzaError) -> CommandDefinition.Reply {
        try save(call.values, for: call.target.network, call.user, call.asker)
        return .answeredLater
    }

    private func unregister(_ call: CommandDefinition.Call) throws(StanzaError) -> CommandDefinition.Reply {
        // A client that unregisters by XEP-0077 has asked the user itself.
        if case .query = call.asker {} else { try call.checkConfirmed() }
        try checkRegistered(call.user)
        remove(call.user, call.asker)
        return .answeredLater
    }

    /// Tells a user how to register, once the gateway is a contact of the user. Some clients cannot show a form.
    private func welcome(_ user: User, to localpart: String) {
        guard localpart.isEmpty, kernel.description.registration == .required, !accounts.isRegistered(user) else {
            return
        }
        let words =
            "This is the \(kernel.description.name) gateway. Send 'register' here to begin, or 'help' for all commands."
        home.tell([words], user.jid, from: kernel.settings.domain)
    }

    // MARK: The form

    /// The registration form with the user's saved settings.
    ///
    /// - Parameter network: the network for which the settings are; nil for the gateway itself.
    private func form(for network: NetworkID?, of user: User) -> CommandForm {
        form(for: network, saved: accounts.saved(user, network: network))
    }

    /// The registration form with saved settings; nil for a user without any. A form for several networks has no fields
    /// for one of them.
    func form(for network: NetworkID?, saved: [String: String]?) -> CommandForm {
        let description = kernel.description
        let isShared = network == nil && kernel.rules.networks.count != 1
        let fields = description.loginForm.filter { !isShared || !$0.isForOneNetwork }
        return CommandForm(
            title: network.map { "Settings for \($0)" } ?? "\(description.name) registration",
            instructions: [description.loginInstructions], type: Registration.namespace, isRegistered: saved != nil,
            fields: fields.map { CommandField($0, saved: saved?[$0.name]) })
    }

    private func askForConfirmation(_ call: CommandDefinition.Call) throws(StanzaError) -> CommandForm? {
        try checkRegistered(call.user)
        return CommandForm.confirmation(
            "Unregister",
            "Your registration, your settings, your contacts and all messages that wait here will be deleted.")
    }

    private func checkRegistered(_ user: User) throws(StanzaError) {
        guard accounts.isRegistered(user) || contacts.hasContacts(user) else {
            throw StanzaError(.registrationRequired, "You are not registered. To register, send 'register'.")
        }
    }

    // MARK: Changes

    /// Checks and stores the values of a submitted form. `committed` answers the asker when they are on disk.
    ///
    /// - Parameter isAssigned: whether an operator gives the values to the user, so that the user needs no permission
    ///   for them.
    func save(
        _ values: CommandValues, for network: NetworkID?, _ user: User, _ asker: Asker, isAssigned: Bool = false
    ) throws(StanzaError) {
        guard !user.isLeaving else {
            let words = "The data of \(user.jid) are being removed or moved. Try again in a moment."
            throw StanzaError(.conflict, as: .temporary, words)
        }
        if !isAssigned, !accounts.isRegistered(user) { try kernel.checkKeepsUp(with: user) }
        let description = kernel.description
        let saved = accounts.saved(user, network: network) ?? [:]
        let checked = try check(values, saved, user, isAssigned)
        let secret = Set(description.loginForm.filter(\.isSealed).map(\.name))
        let record = AccountRecord(
            gateway: kernel.gateway, user: user.id, network: network, settings: checked, secretKeys: secret)
        let before = accounts.saved(user, network: network).map { $0.count + 1 } ?? 0
        let more = record.rowCount - before
        try admit(more, user, isAssigned)
        user.rows += more
        let terms = UniqueValueTerms(
            at: kernel.world.now(), quarantine: description.loginForm.map(\.quarantine).max() ?? .zero,
            isAssigned: isAssigned || kernel.rules.owner(of: checked) == user.id)
        let note = Pending.saving(asker, user.id, network, checked, rows: more, isAssigned: isAssigned)
        kernel.commitInOrder(
            .saveAccount(record, unique: description.uniqueKeys, terms: terms), of: user,
            .note(NoteSlip(Self.id, note)))
    }

    /// The values to keep. A secret that is left empty keeps its saved value, unless the user has deleted it.
    private func check(
        _ values: CommandValues, _ saved: [String: String], _ user: User, _ isAssigned: Bool
    ) throws(StanzaError) -> [String: String] {
        var filled = values.texts
        for field in kernel.description.loginForm
        where field.kind == .secret && filled[field.name] == nil && !values.cleared.contains(field.name) {
            filled[field.name] = saved[field.name]
        }
        do throws(Failure) {
            let checked = try kernel.rules.check(login: filled)
            let isNew = kernel.description.uniqueKeys.contains { checked[$0] != saved[$0] }
            if isNew, !isAssigned { try kernel.rules.authorize(checked, by: user.id) }
            return checked
        } catch {
            throw StanzaError(inForm: error)
        }
    }

    /// Refuses a registration that needs more rows than the user may store, or that is one too many for the day.
    private func admit(_ more: Int, _ user: User, _ isAssigned: Bool) throws(StanzaError) {
        guard kernel.hasRows(more, user) else {
            kernel.overLimit("rows", user.jid)
            throw .tooManyRows(kernel.settings.limits.rowsPerUser)
        }
        guard isAssigned || allowances.take(user.jid, now: kernel.world.now) else {
            kernel.overLimit("registrations-per-day", user.jid)
            let limit = kernel.settings.limits.registrationsPerDay
            let words =
                "You have tried to change your registration too often; the limit is \(limit) a day. Try again in"
                + " \(max(1, 1_440 / limit)) minutes."
            throw StanzaError(.policyViolation, as: .temporary, words)
        }
    }

    /// Deletes all data of a user. `committed` answers the asker when they are deleted.
    ///
    /// - Parameter byOperator: whether the asker is an operator, not the user.
    func remove(_ user: User, _ asker: Asker, byOperator: Bool = false) {
        let removal = Change.removeUser(
            gateway: kernel.gateway, user.id, unique: kernel.description.uniqueKeys, at: kernel.world.now())
        user.isLeaving = true
        kernel.commitInOrder(
            removal, of: user, .note(NoteSlip(Self.id, Pending.removing(asker, user.id, byOperator: byOperator))))
    }
}
