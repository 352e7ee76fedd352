import Basics
import GatewayKit
import Logging
import Registry
import XML
import XMPP

/// Tells users what became of their messages. A server drops an error for a client that is gone (RFC 6121 §8.5.3.2), so
/// the outcome goes to another client of the user, or waits for one.
extension Ledger {
    /// An outcome whose client is asked whether it is still there.
    struct Asked: Note {
        let id: RequestID
        let user: UserID
    }

    /// Tells a sender the final outcome of a message. The registry keeps the outcome as unreported until the home
    /// server is proven to have the stanza.
    func tell(_ outcome: UnreportedOutcome) {
        let entry = outcome.entry
        if entry.wasDoubted { forgetOlder(entry) }
        if outcome.failure != nil, let from = try? JID(entry.sender) {
            home.forgetTaken(id: entry.originID, to: try? JID(entry.recipient), from: from)
        }
        guard let message = report(outcome), let sender = message.head.to else {
            return kernel.commit(.reported([entry.id]))
        }
        switch clients.state(of: sender) {
        case .available: home.deliver(.report(entry.id, message))
        case .gone: passOn(outcome, message)
        // A server passes on a receipt for a client that is gone, but not an error.
        case .unknown where message.type != .error || sender.resource == nil:
            home.deliver(.report(entry.id, message))
        case .unknown: ask(sender, about: outcome)
        }
    }

    /// Drops an earlier outcome of a message if its sender has not been told of it yet. Call it when a later outcome
    /// has come.
    private func forgetOlder(_ entry: OutboundEntry) {
        asked[entry.id] = nil
        guard let waiting = held[entry.account.user] else { return }
        let rest = waiting.filter { $0.entry.id != entry.id }
        held[entry.account.user] = rest.isEmpty ? nil : rest
    }

    /// Sends a report to the user's best client. Keeps it if none is available.
    private func passOn(_ outcome: UnreportedOutcome, _ message: Message) {
        guard let client = clients.best(of: outcome.entry.account.user) else { return hold(outcome) }
        deliver(outcome, message, to: client)
    }

    private func deliver(_ outcome: UnreportedOutcome, _ message: Message, to client: JID) {
        var message = message
        message.head.to = client
        home.deliver(.report(outcome.entry.id, message))
    }

    /// Asks a client whether it is still there (XEP-0199). While the stream is closed, the question waits.
    private func ask(_ client: JID, about outcome: UnreportedOutcome) {
        asked[outcome.entry.id] = outcome
        guard kernel.isLinkOpen else { return }
        let ping = IQ(StanzaHead(to: client, from: kernel.settings.domain), type: .get, payload: [Ping().element])
        let note = Asked(id: outcome.entry.id, user: outcome.entry.account.user)
        kernel.order(.query(ping, deadline: .seconds(20), .note(NoteSlip(Self.id, note))))
    }

    /// Handles the answer to `ask`. A client that does not answer in time counts as present: for an absent client, the
    /// server answers at once with an error.
    func answered(_ note: any Note, _ answer: IQ?) {
        guard let note = note as? Asked, let outcome = asked.removeValue(forKey: note.id),
            let message = report(outcome)
        else { return }
        guard let error = answer?.stanzaError, error.saysClientIsGone else {
            return home.deliver(.report(note.id, message))
        }
        // A client without XEP-0199 answers with the same error as a server for an absent client, so the failure is
        // also sent to the client.
        home.send(message)
        if let from = try? JID(outcome.entry.sender) { clients.probe(from) }
        hold(outcome)
        kernel.startTimer(Self.noClientTimer, about: note, after: .seconds(5))
    }

    /// Tells an outcome without asking, because the stream has no room for the question.
    func notAsked(_ note: any Note) {
        guard let note = note as? Asked, let outcome = asked.removeValue(forKey: note.id),
            let message = report(outcome)
        else { return }
        home.deliver(.report(note.id, message))
    }

    /// Asks again after a break of the stream, which has lost the questions.
    func askAgain() {
        let waiting = asked.values.sorted { $0.entry.createdAt < $1.entry.createdAt }
        asked = [:]
        for outcome in waiting { tell(outcome) }
    }

    /// Keeps an outcome until a client of the user becomes available. The registry has it as unreported, and deletes it
    /// after `Retention.finishedOutbound`.
    private func hold(_ outcome: UnreportedOutcome) {
        held[outcome.entry.account.user, default: []].append(outcome)
    }

    /// No client has become known since the probe; the server answers it only if the user has approved the gateway's
    /// subscription. Sends the failure as a chat message to the bare JID: the server delivers it to an available
    /// client, or stores it.
    func tellByChat(_ asked: Asked) {
        let (id, user) = (asked.id, asked.user)
        guard let waiting = held[user], clients.best(of: user) == nil, !clients.isKnown(user),
            let outcome = waiting.first(where: { $0.entry.id == id }), let failure = outcome.failure,
            let to = try? JID(user.rawValue), let from = try? JID(outcome.entry.recipient)
        else { return }
        let rest = waiting.filter { $0.entry.id != id }
        held[user] = rest.isEmpty ? nil : rest
        let words = "A message that you sent to this address was not delivered. \(failure.text)"
        let head = StanzaHead(to: to.bare, from: from.bare, id: kernel.world.newID())
        home.deliver(.report(id, Message(head, type: .chat, body: words)))
    }

    /// Tells a client of the user the outcomes that wait for one.
    func tellHeld(to client: JID, of user: UserID) {
        guard !held.isEmpty, let waiting = held.removeValue(forKey: user) else { return }
        for outcome in waiting {
            if let message = report(outcome) { deliver(outcome, message, to: client) }
        }
    }

    /// Forgets the outcomes that the registry has forgotten.
    func forgetOldHeld() {
        guard !held.isEmpty else { return }
        let start = kernel.world.now().advanced(by: .zero - Retention.finishedOutbound)
        held = held.mapValues { $0.filter { $0.entry.updatedAt > start } }.filter { !$0.value.isEmpty }
    }

    /// The report for the sender: a receipt, an error, or a text about a late arrival. Nil if the message has arrived,
    /// the sender has asked for no receipt, and no earlier report has said that the message failed or may be lost.
    private func report(_ outcome: UnreportedOutcome) -> Message? {
        let entry = outcome.entry
        guard let sender = try? JID(entry.sender), let recipient = try? JID(entry.recipient) else { return nil }
        if let failure = outcome.failure {
            let head = StanzaHead(to: sender, from: recipient, id: entry.originID)
            return Message(head, type: .error, payload: [StanzaError(failure).element])
        }
        guard entry.wantsReceipt, let origin = entry.originID else {
            return entry.wasDoubted ? lateArrival(of: entry, to: sender, from: recipient) : nil
        }
        let head = StanzaHead(to: sender, from: recipient, id: kernel.world.newID())
        return Message(head, type: .chat, payload: [Receipt.received(id: origin).element])
    }
}

extension Ledger {
    /// Tells the sender that a message has arrived after all. An earlier report has said that it failed or may be lost.
    private func lateArrival(of entry: OutboundEntry, to sender: JID, from recipient: JID) -> Message {
        let time = DateTime.print(entry.createdAt.secondsSince1970)
        let words = "Your message of \(time.dropFirst(11).prefix(5)) UTC has arrived after all."
        let head = StanzaHead(to: sender, from: recipient.bare, id: kernel.world.newID())
        return Message(head, type: .chat, body: words)
    }
}

extension StanzaError {
    /// Whether the error may say that the full JID does not exist or is offline (RFC 6121 §8.5.3.2.3).
    fileprivate var saysClientIsGone: Bool {
        switch condition {
        case .serviceUnavailable, .itemNotFound, .recipientUnavailable, .gone, .remoteServerNotFound,
            .remoteServerTimeout:
            true
        default: false
        }
    }
}
