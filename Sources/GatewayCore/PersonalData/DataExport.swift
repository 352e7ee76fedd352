import Basics
import GatewayKit
import Registry
import XMPP

/// The command `export`: gives a user all data that the gateway keeps about the user, as one JSON document (RFC 8259).
/// Secrets and the texts of messages are not in it.
final class DataExport: Feature {
    private static let id: FeatureID = "data export"
    /// Maximum of messages in the document, the newest first.
    private static let mostMessages = 10_000

    private let kernel: Kernel
    private let commands: Commands
    /// An export reads many rows, and its answer is long.
    private var allowances = Allowances(burst: 2, perSecond: 1.0 / 60)

    private struct Pending: Note {
        let asker: Asker
        /// The user whose data an operator exports; nil if users export their own.
        let other: UserID?
    }

    init(_ kernel: Kernel, _ commands: Commands) {
        self.kernel = kernel
        self.commands = commands
    }

    func register(in routes: inout Routes) {
        routes.notes(Self.id, NoteRoutes(read: { [self] in export($0, $1) }))
        commands.add(CommandDefinition("export", "Export my data", run: ask))
        commands.add(
            CommandDefinition(
                "export-user", "Export the data of a user", for: .operators, steps: [askForUser], run: askForOther))
    }

    private func askForUser(_ call: CommandDefinition.Call) throws(StanzaError) -> CommandForm? {
        CommandForm(
            title: "Export the data of a user",
            fields: [CommandField("user-jid", .jid, label: "User", isRequired: true)])
    }

    private func askForOther(_ call: CommandDefinition.Call) throws(StanzaError) -> CommandDefinition.Reply {
        guard let user = call.values.text("user-jid").map({ UserID($0) }) else { throw .notServed }
        read(user, Pending(asker: call.asker, other: user))
        return .answeredLater
    }

    private func ask(_ call: CommandDefinition.Call) throws(StanzaError) -> CommandDefinition.Reply {
        guard allowances.take(call.user.jid, now: kernel.world.now) else {
            kernel.count(.overLimit)
            let words = "You can export your data twice, and then once a minute. Try again in a minute."
            throw StanzaError(.policyViolation, as: .temporary, words)
        }
        read(call.user.id, Pending(asker: call.asker, other: nil))
        return .answeredLater
    }

    private func read(_ user: UserID, _ note: Pending) {
        let query = PersonalDataQuery(gateway: kernel.gateway, user: user, messages: Self.mostMessages)
        kernel.order(.read(query, .note(NoteSlip(Self.id, note))))
    }

    private func export(_ note: any Note, _ result: Result<any Sendable, RegistryError>) {
        guard let note = note as? Pending else { return }
        let asker = note.asker
        guard case .success(let data as PersonalData) = result else { return commands.refuse(asker, .registryAway) }
        let about = note.other?.rawValue ?? "you"
        var lines = ["These are the data that \(kernel.settings.domain) keeps about \(about), as a JSON document."]
        if data.sent.count == Self.mostMessages {
            lines.append(
                "It has \(note.other == nil ? "your" : "the") newest \(Self.mostMessages) messages. Older ones are kept too, but are not in it."
            )
        }
        commands.answer(asker, .success(CommandResult(lines, document: document(of: data).text)))
    }

    private func document(of data: PersonalData) -> ExportedValue {
        let user = data.record
        return .object([
            ("gateway", .text(kernel.gateway)), ("user", .text(user.user.rawValue)),
            ("exported", time(kernel.world.now())),
            ("settings", .list(user.accounts.map(settings))),
            ("contacts", .list(user.contacts.filter(\.isSubscribed).map { .text(address($0.localpart)) })),
            (
                "may see when you are online",
                .list(user.contacts.filter { $0.reverse == .subscribed }.map { .text(address($0.localpart)) })
            ),
            (
                "blocked",
                .list(
                    user.blocked.map { blocked in
                        .text(address(blocked.localpart) + (blocked.nick.isEmpty ? "" : "/\(blocked.nick)"))
                    })
            ),
            (
                "people",
                .list(
                    user.peers.map { peer in
                        .object([
                            ("address", .text(address(peer.localpart))),
                            ("name", peer.displayName.map(ExportedValue.text) ?? .null),
                            ("last seen", time(peer.lastSeen)),
                        ])
                    })
            ),
            (
                "kept",
                .list(
                    user.kept.map { kept in
                        .object([
                            ("purpose", .text(kept.purpose.rawValue)), ("place", .text(kept.place)),
                            ("key", .text(kept.key)), ("value", .text(kept.value)),
                        ])
                    })
            ),
            ("messages", .list(data.sent.map(message))),
        ])
    }

    private func settings(_ account: AccountRecord) -> ExportedValue {
        let values = account.settings.filter { !account.secretKeys.contains($0.key) }.sorted { $0.key < $1.key }
        return .object([
            ("network", account.network.map { .text($0.rawValue) } ?? .null),
            ("values", .object(values.map { ($0.key, .text($0.value)) })),
            ("secrets that are stored", .list(account.secretKeys.sorted().map(ExportedValue.text))),
        ])
    }

    private func message(_ message: SentMessage) -> ExportedValue {
        .object([
            ("sent", time(message.createdAt)), ("to", .text(message.recipient)),
            ("state", .text(message.state.rawValue)),
            ("failure", message.failure.map { .text($0.text) } ?? .null),
        ])
    }

    private func time(_ moment: Timestamp) -> ExportedValue { .text(DateTime.print(moment.secondsSince1970)) }

    private func address(_ localpart: String) -> String {
        kernel.addresses.jid(localpart: localpart)?.description ?? localpart
    }
}
