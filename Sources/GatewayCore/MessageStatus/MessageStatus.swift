import Basics
import GatewayKit
import Registry
import XMPP

/// The command `messages`: lists the latest messages that a user has sent, with their state in the ledger.
final class MessageStatus: Feature {
    private static let id: FeatureID = "message status"
    /// Maximum of listed messages. The newest is first.
    private static let most = 20

    private let kernel: Kernel
    private let commands: Commands

    private struct PendingAnswer: Note { let asker: Asker }

    init(_ kernel: Kernel, _ commands: Commands) {
        self.kernel = kernel
        self.commands = commands
    }

    func register(in routes: inout Routes) {
        routes.notes(Self.id, NoteRoutes(read: { [self] in answer($0, $1) }))
        commands.add(CommandDefinition("messages", "Show the state of my latest messages", run: ask))
    }

    private func ask(_ call: CommandDefinition.Call) throws(StanzaError) -> CommandDefinition.Reply {
        let query = SentMessages(gateway: kernel.gateway, user: call.user.id, limit: Self.most)
        kernel.order(.read(query, .note(NoteSlip(Self.id, PendingAnswer(asker: call.asker)))))
        return .answeredLater
    }

    private func answer(_ note: any Note, _ result: Result<any Sendable, RegistryError>) {
        guard let asker = (note as? PendingAnswer)?.asker else { return }
        guard case .success(let messages as [SentMessage]) = result else {
            let words = "The gateway cannot read its registry now. Try again in a moment."
            return commands.refuse(asker, StanzaError(.internalServerError, as: .temporary, words))
        }
        commands.answer(asker, .success(CommandResult(lines(for: messages))))
    }

    private func lines(for messages: [SentMessage]) -> [String] {
        guard !messages.isEmpty else {
            guard !kernel.isAllLive else {
                return ["This gateway stores no messages. A message that fails comes back as an error."]
            }
            return ["This gateway has no record of messages from you. \(Self.remark)"]
        }
        let head = messages.count < Self.most ? "Your messages, the newest first:" : "Your last \(Self.most) messages:"
        return [head] + messages.map(line(for:)) + [Self.remark]
    }

    /// Only a message that is stored has a state. A store for refused ones would let anybody fill the registry.
    private static let remark =
        "A message that the gateway refuses comes back as an error at once, and is not listed here."

    private func line(for message: SentMessage) -> String {
        let to = (try? JID(message.recipient)).flatMap { $0.local.map(JID.unescape) } ?? message.recipient
        var words = "\(time(message.createdAt)) to \(to): \(state(of: message))"
        if let failure = message.failure { words += " \(failure.text)" }
        let facts = [
            message.attempts > 1 ? "\(message.attempts) attempts" : nil,
            message.facts.parts.flatMap { $0 > 1 ? "\($0) parts" : nil }, message.facts.price.map { "price \($0)" },
        ].compactMap(\.self)
        if !facts.isEmpty { words += " (\(facts.joined(separator: ", ")))" }
        return words
    }

    /// A time to the minute: `2026-05-04 03:21 UTC`.
    private func time(_ moment: Timestamp) -> String {
        let text = DateTime.print(moment.secondsSince1970)
        return "\(text.prefix(10)) \(text.dropFirst(11).prefix(5)) UTC"
    }

    private func state(of message: SentMessage) -> String {
        switch message.state {
        case .waiting: message.attempts == 0 ? "waits to be sent." : "waits to be tried again."
        case .handing: "is being sent."
        case .accepted where message.facts.stage == .sent:
            "was sent to the phone network, which has not reported yet whether it arrived."
        case .failed where message.facts.stage == .rejected: "was rejected."
        case .failed where message.facts.stage == .expired: "has expired."
        case .accepted: "was accepted by the network, which has not reported yet whether it arrived."
        case .delivered: "has arrived."
        case .failed: "was not delivered."
        case .unknown: "may or may not have arrived."
        }
    }
}
