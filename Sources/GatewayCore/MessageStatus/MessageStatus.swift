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
        commands.add(
            CommandDefinition(node: "messages", name: "What became of my messages", isForChat: true) {
                [self] call throws(StanzaError) in
                let query = SentMessages(gateway: kernel.gateway, user: call.user.id, limit: Self.most)
                kernel.order(.read(query, .note(NoteSlip(Self.id, PendingAnswer(asker: call.asker)))))
                return .answeredLater
            })
    }

    private func answer(_ note: any Note, _ result: Result<any Sendable, RegistryError>) {
        guard let asker = (note as? PendingAnswer)?.asker else { return }
        guard case .success(let messages as [SentMessage]) = result else {
            let words = "The gateway cannot read its registry now. Try again in a moment."
            return commands.answer(asker, .failure(StanzaError(.wait, .internalServerError, words)))
        }
        commands.answer(asker, .success(lines(for: messages)))
    }

    private func lines(for messages: [SentMessage]) -> [String] {
        guard !messages.isEmpty else {
            guard kernel.description.delivery == .stored else {
                return ["This gateway stores no messages. A message that fails comes back as an error."]
            }
            return ["This gateway has no record of messages from you."]
        }
        let head = messages.count < Self.most ? "Your messages, the newest first:" : "Your last \(Self.most) messages:"
        return [head] + messages.map(line(for:))
    }

    private func line(for message: SentMessage) -> String {
        let to = (try? JID(message.recipient)).flatMap { $0.local.map(JID.unescape) } ?? message.recipient
        var words = "\(time(message.createdAt)) to \(to): \(state(of: message))"
        if let failure = message.failure { words += " \(failure.text)" }
        return words
    }

    /// A time to the minute: `2026-05-04 03:21 UTC`.
    private func time(_ moment: Timestamp) -> String {
        let text = DateTime.print(moment.secondsSince1970)
        return "\(text.prefix(10)) \(text.dropFirst(11).prefix(5)) UTC"
    }

    private func state(of message: SentMessage) -> String {
        switch message.state {
        case .waiting: message.attempts == 0 ? "waits to be sent." : "waits for the next try."
        case .handing: "is being sent."
        case .accepted: "was accepted by the network, which has not reported yet whether it arrived."
        case .delivered: "has arrived."
        case .failed: "was not delivered."
        case .unknown: "may or may not have arrived."
        }
    }
}
