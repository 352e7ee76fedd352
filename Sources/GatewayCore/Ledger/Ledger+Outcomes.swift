import GatewayKit
import Logging
import Registry
import XMPP

/// What becomes of the messages on their way, put on record and told to their senders.
extension Ledger {
    /// An adapter reports what became of a message.
    func received(_ outcome: Outcome, of id: RequestID, by account: AccountID, receipt: ReceiptToken?) {
        switch outcome {
        case .accepted(let name): record(.accepted(as: name), of: id, receipt: receipt, by: account)
        // Whoever has seen a message has it.
        case .delivered, .read: settle(id, .delivered, receipt: receipt, by: account)
        case .failed(let failure): settle(id, .failed(failure), receipt: receipt, by: account)
        }
    }

    /// An adapter has reported on an entry of the ledger.
    ///
    /// - account: whose session has reported; only an entry of that account is touched.
    func settle(
        _ id: RequestID, _ outcome: LedgerOutcome, receipt: ReceiptToken?, by account: AccountID? = nil
    ) {
        var next = outcome
        if case .failed(let failure) = outcome, let entry = open[id] {
            if failure.kind == .unknownOutcome, receipt == nil {
                // A report may still tell; only when none comes is the sender told that nobody knows.
                kernel.order(.timer(.outcomeOverdue(id), after: kernel.settings.limits.outcomeWindow))
                return
            }
            if let wait = retryDelay(of: failure, entry) {
                next = .postponed(until: kernel.world.now().advanced(by: wait))
            }
        }
        record(next, of: id, receipt: receipt, by: account)
    }

    /// Puts an outcome on record; what follows from it follows the commit.
    func record(_ outcome: LedgerOutcome, of id: RequestID, receipt: ReceiptToken? = nil, by account: AccountID?) {
        let change = Change.advance(
            id, to: outcome.state, foreignID: outcome.foreignID, notBefore: outcome.notBefore,
            failure: outcome.failure, at: kernel.world.now(), by: account)
        kernel.commit(change, .outcome(id, outcome, receipt))
    }

    /// At least what the network asks for, doubling from 2 s to 10 min with each try.
    private func retryDelay(of failure: Failure, _ entry: OutboundEntry) -> Duration? {
        guard case .after(let wait) = failure.retry else { return nil }
        let backoff = Duration.seconds(min(600, 1 << min(entry.attempts, 10)))
        let end = entry.createdAt.advanced(by: kernel.settings.limits.longestWait)
        return min(max(wait, backoff), self.wait(until: end))
    }

    /// How long to wait for a moment. A clock that has been set back must not make that longer than any wait can be.
    private func wait(until moment: Timestamp) -> Duration {
        min(kernel.world.now().duration(until: moment), kernel.settings.limits.longestWait)
    }

    func outcomeOverdue(_ id: RequestID) {
        guard open[id]?.state == .handing else { return }
        let failure = Failure(
            .unknownOutcome,
            "The network took the message over but never said what became of it. It may or may not have arrived.")
        record(.failed(failure), of: id, by: nil)
    }

    /// An outcome is on record: acknowledge the report and tell the sender.
    func recorded(
        _ id: RequestID, _ outcome: LedgerOutcome, _ receipt: ReceiptToken?,
        _ result: Result<ChangeReply, RegistryError>
    ) {
        switch result {
        case .failure(let error):
            kernel.count(.notStored)
            kernel.log(.debug, "the outcome of a message cannot be written", ["id": "\(id)", "reason": "\(error)"])
            if let receipt { return kernel.order(.taken(receipt, .refused(.registryAway))) }
            unsaved[id] = outcome
            kernel.order(.timer(.saveAgain(id), after: .seconds(5)))
        case .success(.outbound(let entry?)):
            if let receipt { kernel.order(.taken(receipt, .stored)) }
            open[id] = outcome.isOpen ? entry : nil
            follow(entry, outcome)
        case .success:
            if let receipt {
                kernel.order(.taken(receipt, .stored))
                kernel.count(.unmatchedReports)
            }
        }
    }

    func saveAgain(_ id: RequestID) {
        guard let outcome = unsaved.removeValue(forKey: id) else { return }
        record(outcome, of: id, by: open[id]?.account)
    }

    /// Follows an outcome up: a receipt, an error, or the next try.
    private func follow(_ entry: OutboundEntry, _ outcome: LedgerOutcome) {
        switch outcome {
        case .accepted: break
        case .postponed:
            let wait = self.wait(until: entry.notBefore ?? kernel.world.now())
            kernel.log(
                .info, "not taken by the network; another try follows", ["id": "\(entry.id)", "after": "\(wait)"])
            kernel.order(.timer(.handOver(entry.id), after: wait))
        case .delivered: tell(UntoldOutcome(entry, failure: nil))
        case .failed(let failure):
            kernel.count(.messagesFailed)
            tell(UntoldOutcome(entry, failure: failure))
        }
    }

    /// Tells a sender how a message ended. The registry keeps it as untold until the home server has it.
    func tell(_ outcome: UntoldOutcome) {
        let entry = outcome.entry
        guard let message = report(outcome) else { return kernel.commit(.told([entry.id])) }
        home.deliver(.report(entry.id, message))
    }

    /// The receipt or error for an ended message; nil if there is nothing to say.
    private func report(_ outcome: UntoldOutcome) -> Message? {
        let entry = outcome.entry
        guard let sender = try? JID(entry.sender), let recipient = try? JID(entry.recipient) else { return nil }
        if let failure = outcome.failure {
            let head = StanzaHead(to: sender, from: recipient, id: entry.originID)
            return Message(head, type: .error, payload: [StanzaError(failure).element])
        }
        guard entry.wantsReceipt, let origin = entry.originID else { return nil }
        let head = StanzaHead(to: sender, from: recipient, id: kernel.world.newID())
        return Message(head, type: .chat, payload: [Receipt.received(id: origin).element])
    }

    /// The sender has unregistered: what was on its way has no future, and they are told.
    func forsake(_ entry: OutboundEntry) {
        open[entry.id] = nil
        let failure =
            entry.state == .waiting
            ? Failure(.registrationRequired, "You have unregistered; the message was not sent.")
            : Failure(.unknownOutcome, "You have unregistered; the message may or may not have arrived.")
        tell(UntoldOutcome(entry, failure: failure))
    }

    /// Takes up what an earlier run of the program left behind.
    func resume(_ entry: OutboundEntry) {
        open[entry.id] = entry
        switch entry.state {
        case .waiting:
            kernel.order(.timer(.handOver(entry.id), after: wait(until: entry.notBefore ?? kernel.world.now())))
        default:
            let end = entry.updatedAt.advanced(by: kernel.settings.limits.outcomeWindow)
            let wait = min(self.wait(until: end), kernel.settings.limits.outcomeWindow)
            kernel.order(.timer(.outcomeOverdue(entry.id), after: wait))
        }
    }
}

extension LedgerOutcome {
    fileprivate var state: OutboundEntry.State {
        switch self {
        case .accepted: .accepted
        case .delivered: .delivered
        case .failed(let failure): failure.kind == .unknownOutcome ? .unknown : .failed
        case .postponed: .waiting
        }
    }

    fileprivate var failure: Failure? { if case .failed(let failure) = self { failure } else { nil } }
    fileprivate var foreignID: MessageID? { if case .accepted(let id) = self { id } else { nil } }
    fileprivate var notBefore: Timestamp? { if case .postponed(let time) = self { time } else { nil } }

    /// More is to be done before the entry is settled.
    fileprivate var isOpen: Bool {
        if case .postponed = self { true } else { false }
    }
}

extension Timestamp {
    /// Never negative.
    fileprivate func duration(until later: Timestamp) -> Duration {
        .seconds(max(0, later.secondsSince1970 - secondsSince1970))
    }
}
