import Basics
import GatewayKit
import Registry
import XML
import XMPP

/// Registering with the gateway (XEP-0077, XEP-0100 §4.1): see the form, fill it in, change it, take it back. On a
/// network, the same form keeps settings for that network alone.
enum RegistrationForms {
    static let routes = [
        QueryRoute(.get, "query", Registration.namespace, targets: [.gateway, .network], answer: form),
        QueryRoute(.set, "query", Registration.namespace, targets: [.gateway, .network], answer: submit),
    ]

    private static func form(_ core: Switchboard, _ query: Query) throws(StanzaError) -> QueryOutcome {
        let saved = core.registrations.saved(UserID(query.from.bare.description), network: query.target.network)
        var registration = Registration(instructions: core.description.loginInstructions)
        registration.isRegistered = saved != nil
        for field in core.description.loginForm {
            // What is secret is not sent back.
            guard let known = Registration.Field(rawValue: field.name) else { continue }
            registration.fields[known] = field.kind == .secret ? "" : saved?[field.name] ?? ""
        }
        registration.form = dataForm(core.description, saved: saved ?? [:])
        return .result(registration.element)
    }

    static func dataForm(_ description: AdapterDescription, saved: [String: String]) -> DataForm {
        let fields = description.loginForm.map { field in
            DataForm.Field(
                field.name, field.kind == .secret ? .textPrivate : .textSingle, label: field.label,
                isRequired: field.required,
                values: field.kind == .secret ? [] : saved[field.name].map { [$0] } ?? [])
        }
        return DataForm(
            .form, title: "\(description.name) registration", instructions: [description.loginInstructions],
            fields: [DataForm.formType(Registration.namespace)] + fields)
    }

    private static func submit(_ core: Switchboard, _ query: Query) throws(StanzaError) -> QueryOutcome {
        guard let registration = try? Registration(query.payload) else {
            throw StanzaError(.modify, .badRequest, "This is not a registration.")
        }
        if registration.isRemoval {
            guard case .gateway = query.target else {
                throw StanzaError(.cancel, .notAllowed, "Unregister with the gateway itself.")
            }
            return try remove(core, query)
        }
        if registration.form?.type == .cancel { return .result(nil) }
        var values: [String: String] = [:]
        if let form = registration.form { values = try self.values(of: form, for: core.description) }
        for (field, value) in registration.fields where values[field.rawValue] == nil { values[field.rawValue] = value }
        try save(core, values: values, query: query)
        return .later
    }

    /// The filled-in fields of a data form that we have asked for, by name. Each has one value (XEP-0004 §3.3).
    static func values(
        of form: DataForm, for description: AdapterDescription
    ) throws(StanzaError) -> [String: String] {
        guard form.type == .submit else {
            throw StanzaError(.modify, .badRequest, "This form is not one that has been filled in.")
        }
        if let type = form.formType, type != Registration.namespace {
            throw StanzaError(.modify, .badRequest, "This form is not for a registration, but for '\(type)'.")
        }
        var values: [String: String] = [:]
        for field in form.fields {
            guard let name = field.name, let value = field.values.first,
                description.loginForm.contains(where: { $0.name == name })
            else { continue }
            guard field.values.count == 1, values.updateValue(value, forKey: name) == nil else {
                throw StanzaError(.modify, .badRequest, "Give one value for '\(name)'.")
            }
        }
        return values
    }

    /// Whatever the network, a value is one line of bounded length.
    private static func check(_ value: String, of field: FormField) throws(StanzaError) {
        guard value.utf8.count <= longestValue else {
            throw StanzaError(.modify, .policyViolation, "'\(field.label)' is longer than \(longestValue) bytes.")
        }
        let breaks: [Unicode.GeneralCategory] = [.control, .lineSeparator, .paragraphSeparator]
        guard !value.unicodeScalars.contains(where: { breaks.contains($0.properties.generalCategory) }) else {
            let words = "'\(field.label)' has a line break or another control character in it."
            throw StanzaError(.modify, .notAcceptable, words)
        }
    }

    private static let longestValue = 4_096

    /// Checks and stores a filled-in form; the query is answered when it is on disk.
    static func save(_ core: Switchboard, values: [String: String], query: Query) throws(StanzaError) {
        let description = core.description
        let known = Set(description.loginForm.map(\.name))
        var filled = values.filter { known.contains($0.key) && !$0.value.isEmpty }
        let user = UserID(query.from.bare.description)
        let saved = core.registrations.saved(user, network: query.target.network) ?? [:]
        for field in description.loginForm { if let value = filled[field.name] { try check(value, of: field) } }
        for field in description.loginForm where field.kind == .secret && filled[field.name] == nil {
            // A secret is never shown, so an empty one means: as it was.
            filled[field.name] = saved[field.name]
        }
        if let missing = description.loginForm.first(where: { $0.required && filled[$0.name] == nil }) {
            throw StanzaError(.modify, .notAcceptable, "Fill in '\(missing.label)'.")
        }
        let checked: [String: String]
        let unique = description.uniqueKeys
        do throws(Failure) {
            checked = try core.rules.check(login: filled)
            if unique.contains(where: { checked[$0] != saved[$0] }) { try core.rules.authorize(checked, by: user) }
        } catch {
            throw StanzaError(error)
        }
        let account = AccountRecord(
            gateway: core.settings.domain.domain, user: user, network: query.target.network, settings: checked,
            secretKeys: Set(description.loginForm.filter { $0.kind == .secret }.map(\.name)))
        try core.admit(account, from: query.from)
        core.registrations.count(pending: .init(settings: account.rows), of: user)
        let terms = ClaimTerms(
            at: core.world.now(), quarantine: description.loginForm.map(\.quarantine).max() ?? .zero,
            isAssigned: core.rules.owner(of: checked) == user)
        core.commit(.saveAccount(account, unique: unique, terms: terms), .registration(query.iq, account))
    }

    static func remove(_ core: Switchboard, _ query: Query) throws(StanzaError) -> QueryOutcome {
        let user = UserID(query.from.bare.description)
        guard core.registrations.isRegistered(user) || core.registrations.contacts[user] != nil else {
            throw StanzaError(.cancel, .registrationRequired, "You are not registered.")
        }
        let removal = Change.removeUser(
            gateway: core.settings.domain.domain, user, unique: core.description.uniqueKeys, at: core.world.now())
        core.commit(removal, .removal(query.iq, query.from.bare))
        return .later
    }
}

extension AccountRecord {
    /// Rows that it takes in the registry.
    fileprivate var rows: Int { settings.count + 1 }
}

extension Switchboard {
    /// Refuses a registration beyond what the user may store, or how often.
    fileprivate func admit(_ account: AccountRecord, from user: JID) throws(StanzaError) {
        let before = registrations.saved(account.user, network: account.network).map { $0.count + 1 } ?? 0
        guard hasRows(account.rows - before, account.user) else {
            overLimit("rows", user)
            throw tooManyRows
        }
        guard registrationAllowances.take(user, now: world.now) else {
            overLimit("registrations-per-day", user)
            let limit = settings.limits.registrationsPerDay
            let words =
                "You have tried to change your registration too often; the limit is \(limit) a day. Try again in"
                + " \(max(1, 1_440 / limit)) minutes."
            throw StanzaError(.wait, .policyViolation, words)
        }
    }

    /// Whether the registry takes so many more rows for a user.
    func hasRows(_ more: Int, _ user: UserID) -> Bool {
        registrations.rows(of: user) + more <= settings.limits.rowsPerUser
    }

    var tooManyRows: StanzaError {
        let words =
            "This gateway keeps \(settings.limits.rowsPerUser) entries for one user, and you have as many. Remove contacts"
            + " first, or the settings of a network."
        return StanzaError(.wait, .policyViolation, words)
    }

    /// The value of a unique field, or the field's label if it has none.
    private func shown(_ key: String, _ account: AccountRecord) -> String {
        account.settings[key] ?? description.loginForm.first { $0.name == key }.map { "'\($0.label)'" } ?? key
    }

    func registered(_ iq: IQ, _ account: AccountRecord, _ result: Result<ChangeReply, RegistryError>) {
        registrations.count(pending: .init(settings: -account.rows), of: account.user)
        switch result {
        case .failure(.conflict(let key)):
            let error = StanzaError(.cancel, .conflict, "\(shown(key, account)) is in use by somebody else.")
            return answer(registration: iq, error: error, done: "")
        case .failure(.quarantined(let key, let end)):
            let day = DateTime.print(end.secondsSince1970).prefix(10)
            let words =
                "\(shown(key, account)) belonged to somebody else until recently. You may register it from \(day) on, or ask the"
                + " operator of this gateway to give it to you."
            return answer(registration: iq, error: StanzaError(.cancel, .conflict, words), done: "")
        case .failure(.unavailable):
            let text = "The gateway cannot store registrations now. Try again later."
            return answer(registration: iq, error: StanzaError(.wait, .resourceConstraint, text), done: "")
        case .success: break
        }
        registrations.save(account)
        answer(registration: iq, error: nil, done: "You are registered.")
        guard let jid = try? JID(account.user.rawValue), account.network == nil else { return }
        restart(account.user, jid: jid)
        // The gateway asks to be a contact, and lets itself be one (XEP-0100 §4.1.1).
        send(Presence(StanzaHead(to: jid, from: settings.domain), type: .subscribe))
    }

    /// Settings have changed: sessions that depend on them start again.
    private func restart(_ user: UserID, jid: JID) {
        guard description.sessions == .always else { return }
        if let session = sessions[user] {
            for account in session.networks.removeAll() { order(.close(account, reason: "Settings changed")) }
        }
        openAlways(user)
    }

    func unregistered(_ iq: IQ, _ jid: JID, _ result: Result<ChangeReply, RegistryError>) {
        if case .failure = result {
            let text = "The gateway cannot change its registry now. Try again later."
            let error = StanzaError(.wait, .resourceConstraint, text)
            return answer(registration: iq, error: error, done: "")
        }
        answer(registration: iq, error: nil, done: "You are not registered any more.")
        let user = UserID(jid.description)
        let contacts = (registrations.contacts[user] ?? []).union([""])
        registrations.remove(user)
        forget(user)
        endSubscriptions(with: Array(contacts), of: user)
    }

    /// Ends everything live of a user who has unregistered.
    private func forget(_ user: UserID) {
        for entry in ledger.open.values where entry.account.user == user { forsake(entry) }
        ledger.bounced[user] = nil
        guard let session = sessions[user] else { return }
        for (address, room) in session.rooms {
            for member in room.members.filter(\.isInside) {
                sendSelfUnavailable(to: member, nick: room.nick, status: "Unregistered", codes: [.selfPresence])
            }
            session.rooms[address]?.members.removeAll(where: \.isInside)
            joinFailed(address, Failure(.registrationRequired, "You have unregistered."), session: session)
        }
        for account in session.networks.removeAll() { order(.close(account, reason: "Unregistered")) }
        // The network's session fails what it was asked, and that has to be told; then nothing keeps ours.
        dropIfIdle(session)
    }
}
