import GatewayKit
import Registry
import XMPP

/// The commands with which operators exclude users and domains from the gateway, and admit them again.
final class RestrictionCommands: Feature {
    private static let id: FeatureID = "restrictions"
    /// Maximum of excluded users and domains of a gateway. All are in memory, because every stanza is checked against
    /// them.
    private static let most = 10_000
    /// The name of the field with the JIDs, as in `disable-user` and `reenable-user` (XEP-0133 §4.4, §4.5).
    private static let field = "accountjids"

    private let kernel: Kernel
    private let accounts: Accounts
    private let commands: Commands

    /// A change of restrictions that the registry has not answered.
    fileprivate struct Pending: Note {
        let asker: Asker
        let subjects: [String]
        /// Nil if the restrictions are lifted.
        let kind: String?
        let reason: String?
        let by: String
        let at: Timestamp
    }

    init(_ kernel: Kernel, _ accounts: Accounts, _ commands: Commands) {
        self.kernel = kernel
        self.accounts = accounts
        self.commands = commands
    }

    func register(in routes: inout Routes) {
        routes.moments.accessChanged.append { [self] in endSessions() }
        routes.moments.started.append { [self] snapshot in
            for restriction in snapshot.restrictions { kernel.restrictions[restriction.subject] = restriction }
        }
        routes.notes(Self.id, NoteRoutes(committed: { [self] in committed($0, $1) }))
        let administration = "http://jabber.org/protocol/admin#"
        commands.add(
            CommandDefinition(
                administration + "disable-user", word: "suspend", "Suspend users", for: .operators,
                steps: [askForUsers], run: suspend))
        commands.add(
            CommandDefinition(
                administration + "reenable-user", word: "readmit", "Readmit suspended or banned users and domains",
                for: .operators, steps: [askForRestricted], run: readmit))
        commands.add(
            CommandDefinition("ban", "Ban users or domains", for: .operators, steps: [askForSubjects], run: ban))
        commands.add(
            CommandDefinition("bans", "List suspended and banned users and domains", for: .operators, run: list))
    }

    // MARK: Forms

    private static let reason = CommandField("reason", .text, label: "Reason, which the user can read")

    private func askForUsers(_ call: CommandDefinition.Call) throws(StanzaError) -> CommandForm? {
        let users = CommandField(Self.field, .jids, label: "Users", isRequired: true)
        return CommandForm(
            title: "Suspend users",
            instructions: [
                "These users cannot use the gateway until they are readmitted. Their connections end, and their data"
                    + " stay."
            ],
            fields: [users, Self.reason])
    }

    private func askForSubjects(_ call: CommandDefinition.Call) throws(StanzaError) -> CommandForm? {
        let subjects = CommandField(Self.field, .jids, label: "Users or domains", isRequired: true)
        return CommandForm(
            title: "Ban users or domains",
            instructions: [
                "These users, and all users of these domains, cannot use the gateway until they are readmitted. Their"
                    + " connections end, and their data stay."
            ], fields: [subjects, Self.reason])
    }

    private func askForRestricted(_ call: CommandDefinition.Call) throws(StanzaError) -> CommandForm? {
        let subjects = CommandField(Self.field, .jids, label: "Users or domains", isRequired: true)
        return CommandForm(title: "Readmit users or domains", fields: [subjects])
    }

    // MARK: Changes

    private func suspend(_ call: CommandDefinition.Call) throws(StanzaError) -> CommandDefinition.Reply {
        if let domain = call.values.list(Self.field).first(where: { !$0.contains("@") }) {
            throw refusal("'\(domain)' is a domain. Send 'ban \(domain)' to exclude all its users.")
        }
        try restrict(call, .suspended)
        return .answeredLater
    }

    private func ban(_ call: CommandDefinition.Call) throws(StanzaError) -> CommandDefinition.Reply {
        try restrict(call, .banned)
        return .answeredLater
    }

    private func restrict(_ call: CommandDefinition.Call, _ kind: Restriction.Kind) throws(StanzaError) {
        let subjects = call.values.list(Self.field)
        if let jid = subjects.compactMap({ try? JID($0) }).first(where: kernel.settings.isAdmin) {
            throw refusal(
                "\(jid) is an operator. Remove it from access.admins in the configuration and send 'reload' first.")
        }
        guard kernel.restrictions.count + subjects.count <= Self.most else {
            throw refusal("This gateway keeps at most \(Self.most) excluded users and domains. Readmit some first.")
        }
        change(call, kind)
    }

    private func readmit(_ call: CommandDefinition.Call) throws(StanzaError) -> CommandDefinition.Reply {
        if let other = call.values.list(Self.field).first(where: { kernel.restrictions[$0] == nil }) {
            throw refusal("\(other) itself is neither suspended nor banned. Send 'bans' for the list.")
        }
        change(call, nil)
        return .answeredLater
    }

    private func refusal(_ words: String) -> StanzaError {
        StanzaError(.notAcceptable, words).about(Self.field)
    }

    private func change(_ call: CommandDefinition.Call, _ kind: Restriction.Kind?) {
        let pending = Pending(
            asker: call.asker, subjects: call.values.list(Self.field), kind: kind?.rawValue,
            reason: call.values.text("reason"), by: call.user.jid.description, at: kernel.world.now())
        let set = pending.subjects.compactMap(pending.restriction)
        let change = ChangeRestrictions(
            gateway: kernel.gateway, set: set, lifted: set.isEmpty ? pending.subjects : [])
        kernel.commit(.other(AnyChange(change)), .note(NoteSlip(Self.id, pending)))
    }

    private func committed(_ note: any Note, _ result: Result<ChangeReply, RegistryError>) {
        guard let pending = note as? Pending else { return }
        guard case .success = result else { return commands.refuse(pending.asker, .registryAway) }
        for subject in pending.subjects { kernel.restrictions[subject] = pending.restriction(of: subject) }
        if pending.kind != nil { endSessions() }
        let names = pending.subjects.joined(separator: ", ")
        let words = pending.kind.map { "\($0.prefix(1).uppercased())\($0.dropFirst()): \(names)." }
        commands.answer(pending.asker, words ?? "Readmitted: \(names).")
    }

    /// Ends the sessions of loaded users who may not use the gateway any more. People on the networks do not see the
    /// operator's reason: it is for the user.
    private func endSessions() {
        for user in kernel.users.loaded where !kernel.mayUse(user.jid) {
            for network in accounts.networksOpen(of: user) {
                accounts.disconnect(user, from: network, reason: "Disconnected by the operator of the gateway")
            }
        }
    }

    private func list(_ call: CommandDefinition.Call) throws(StanzaError) -> CommandDefinition.Reply {
        let all = kernel.restrictions.all
        guard !all.isEmpty else { return .done(CommandResult("Nobody is suspended or banned.")) }
        let rows = all.map { [$0.subject, $0.kind.rawValue, $0.reason ?? "", $0.setBy] }
        let table = CommandResult.Table(
            columns: [("subject", "User or domain"), ("kind", "State"), ("reason", "Reason"), ("by", "Operator")],
            rows: rows,
            chatCells: { [$0[0], $0[1], $0[2], "by \($0[3])"] })
        return .done(CommandResult(["\(all.count) suspended or banned:"], table: table))
    }
}

extension RestrictionCommands.Pending {
    fileprivate func restriction(of subject: String) -> Restriction? {
        kind.flatMap(Restriction.Kind.init(rawValue:)).map {
            Restriction(subject: subject, kind: $0, reason: reason, setBy: by, setAt: at)
        }
    }
}
