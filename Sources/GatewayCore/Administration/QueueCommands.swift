import Basics
import GatewayKit
import Registry
import XMPP

/// The operators' commands `queues`, which shows how many messages wait, and `drain`, which sends them now or gives
/// them up.
final class QueueCommands: Feature {
    private static let id: FeatureID = "queues"
    /// Drains the next messages.
    private static let drainTimer: TimerID = "drain"
    /// Messages that are drained at once.
    private static let slice = 200
    /// Maximum of messages that are listed, and that the form of `drain` offers for choice.
    private static let mostListed = 20

    private let kernel: Kernel
    private let ledger: Ledger
    private let commands: Commands

    private struct PendingCounts: Note { let asker: Asker }

    /// Messages that are still to be drained.
    private struct Drain: Sendable {
        let rest: [RequestID]
        let isGivenUp: Bool
    }

    init(_ kernel: Kernel, _ ledger: Ledger, _ commands: Commands) {
        self.kernel = kernel
        self.ledger = ledger
        self.commands = commands
    }

    func register(in routes: inout Routes) {
        guard kernel.description.delivery == .stored || kernel.description.deliveryVaries else { return }
        routes.notes(Self.id, NoteRoutes(read: { [self] in counted($0, $1) }))
        routes.timer(Self.drainTimer, about: Drain.self) { [self] in drain($0) }
        commands.add(CommandDefinition("queues", "Show the messages that wait", for: .operators, run: show))
        commands.add(
            CommandDefinition(
                "drain", "Send the waiting messages now, or give them up", for: .operators, steps: [askForAction],
                run: drain))
    }

    // MARK: Showing

    private func show(_ call: CommandDefinition.Call) throws(StanzaError) -> CommandDefinition.Reply {
        let query = QueueCounts(gateway: kernel.gateway)
        kernel.order(.read(query, .note(NoteSlip(Self.id, PendingCounts(asker: call.asker)))))
        return .answeredLater
    }

    private func counted(_ note: any Note, _ result: Result<any Sendable, RegistryError>) {
        guard let asker = (note as? PendingCounts)?.asker else { return }
        guard case .success(let counts as [QueueCount]) = result else { return commands.refuse(asker, .registryAway) }
        guard !counts.isEmpty else { return commands.answer(asker, "No message waits.") }
        let rows = counts.map { count in
            let state =
                switch count.state {
                case .waiting: "wait to be sent"
                case .handing: "are being sent"
                case .inbound: "wait for the XMPP server or its users"
                }
            let oldest = DateTime.print(count.oldest.secondsSince1970)
            return [count.network.rawValue, "\(count.messages)", state, oldest]
        }
        let table = CommandResult.Table(
            columns: [("network", "Network"), ("messages", "Messages"), ("state", "State"), ("oldest", "Oldest")],
            rows: rows,
            chatCells: { [$0[0], $0[1], $0[2], "the oldest since \($0[3])"] })
        commands.answer(asker, .success(CommandResult(["Messages that wait:"], table: table, document: listing)))
    }

    /// Lists the oldest messages that wait for the network, one message on each line. Nil if no message waits.
    private var listing: String? {
        let lines = oldest.map(label)
        guard !lines.isEmpty else { return nil }
        let head = "The oldest messages for the network (the command 'drain' sends one of them, or gives it up):"
        return ([head] + lines).joined(separator: "\n")
    }

    // MARK: Draining

    private func askForAction(_ call: CommandDefinition.Call) throws(StanzaError) -> CommandForm? {
        let action = CommandField(
            "action", .choice, label: "Action", isRequired: true,
            options: [
                CommandField.Option("send", label: "send the waiting messages now"),
                CommandField.Option("give-up", label: "give them up, and tell their senders"),
            ])
        let user = CommandField("jid", .jid, label: "Only messages of this user")
        let message = CommandField(
            "message", .choice, label: "Only this message",
            options: oldest.map { CommandField.Option($0.id.rawValue, label: label(of: $0)) })
        return CommandForm(title: "Messages that wait", fields: [action, user, message])
    }

    /// The oldest messages that wait for the network, at most `mostListed`.
    private var oldest: [OutboundEntry] {
        let waiting = ledger.open.values.filter { $0.state == .waiting }.sorted { $0.createdAt < $1.createdAt }
        return Array(waiting.prefix(Self.mostListed))
    }

    /// Describes a message for an operator, by its sender, time and attempts. The text and the recipient are left out,
    /// because an operator need not see them.
    private func label(of entry: OutboundEntry) -> String {
        let since = DateTime.print(entry.createdAt.secondsSince1970)
        let attempts = entry.attempts == 1 ? "1 attempt" : "\(entry.attempts) attempts"
        return "from \(entry.account.user) since \(since), \(attempts)"
    }

    private func drain(_ call: CommandDefinition.Call) throws(StanzaError) -> CommandDefinition.Reply {
        let user = call.values.text("jid").map { UserID($0) }
        let message = call.values.text("message").map { RequestID($0) }
        let isGivenUp = call.values.text("action") == "give-up"
        let waiting = ledger.open.values

            .filter { $0.state == .waiting && $0.account.user == user ?? $0.account.user && $0.id == message ?? $0.id }
            .sorted { $0.createdAt < $1.createdAt }
        guard !waiting.isEmpty else { return .done(CommandResult("No message waits.")) }
        if !isGivenUp { ledger.resumeSessions(of: Set(waiting.map(\.account))) }
        drain(Drain(rest: waiting.map(\.id), isGivenUp: isGivenUp))
        let number = waiting.count == 1 ? "One message is" : "\(waiting.count) messages are"
        return .done(CommandResult("\(number) being \(isGivenUp ? "given up" : "sent")."))
    }

    private func drain(_ drain: Drain) {
        let failure = Failure(
            .remoteDown,
            "The message was not sent: an operator of the gateway has given it up. Send it again later.")
        for id in drain.rest.prefix(Self.slice) {
            if drain.isGivenUp { ledger.giveUp(id, failure) } else { ledger.handOver(id) }
        }
        let rest = Array(drain.rest.dropFirst(Self.slice))
        guard !rest.isEmpty else { return }
        kernel.order(.later(TimerTag(Self.drainTimer, about: Drain(rest: rest, isGivenUp: drain.isGivenUp))))
    }
}
