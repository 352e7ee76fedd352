import GatewayKit
import Logging
import Registry
import XMPP

/// Outcomes of messages to the network: written to the ledger, then told to the senders.
extension Ledger {
    /// Takes an adapter's report on a message of the ledger.
    func received(_ outcome: Outcome, of id: RequestID, by account: AccountID, token: StorageToken?) {
        switch outcome {
        case .accepted(let name):
            // The network has the message, so the next message to the same person goes out before the registry has
            // written the outcome.
            if let entry = open[id], entry.account == account { leave(entry) }
            storeOutcome(.accepted(as: name), of: id, token: token, by: account)
        // A message that was read has been delivered.
        case .delivered, .read: settle(id, .delivered, token: token, by: account)
        case .failed(let failure): settle(id, .failed(failure), token: token, by: account)
        case .noted(let facts):
            kernel.commit(.note(facts, of: id, by: account))
            // Facts are no outcome. They may be lost, so the answer does not wait until they are on disk.
            if let token { kernel.order(.storageAnswer(token, .stored)) }
        }
    }

    /// Writes an outcome to the ledger. If the network allows another try after a failure, the entry waits for it. An
    /// unknown outcome without a report is written only after `Limits.outcomeWindow`, because a report may come.
    ///
    /// - Parameters:
    ///   - token: names the report, which is acknowledged when the outcome is on disk.
    ///   - account: the account whose session has reported. The registry changes only an entry of this account. Nil if
    ///     the gateway itself ends the entry.
    func settle(
        _ id: RequestID, _ outcome: LedgerOutcome, token: StorageToken?, by account: AccountID? = nil
    ) {
        var next = outcome
        if case .failed(let failure) = outcome, let entry = open[id], entry.account == account ?? entry.account {
            if failure.kind == .unknownOutcome, token == nil {
                // A report with the outcome may still come. The sender is told only if none comes in time. The message
                // is never sent again, so the next message to the same person need not wait for the report.
                leave(entry)
                kernel.startTimer(Self.outcomeOverdueTimer, about: id, after: kernel.settings.limits.outcomeWindow)
                return
            }
            if let wait = retryDelay(of: failure, entry) {
                next = .postponed(until: kernel.world.now().advanced(by: wait))
            }
        }
        storeOutcome(next, of: id, token: token, by: account)
    }

    /// Ends a waiting entry for good, and tells its sender. Does nothing if the entry is being handed over.
    func giveUp(_ id: RequestID, _ failure: Failure) {
        guard open[id]?.state == .waiting else { return }
        // Nobody may hand the entry over before the registry has answered.
        open.setState(.handing, of: id)
        storeOutcome(.failed(failure), of: id, by: nil)
    }

    /// Writes an outcome to the ledger. `outcomeStored` continues when it is on disk.
    func storeOutcome(_ outcome: LedgerOutcome, of id: RequestID, token: StorageToken? = nil, by account: AccountID?) {
        let change = Change.advance(
            id, to: outcome.state, foreignID: outcome.foreignID, notBefore: outcome.notBefore,
            failure: outcome.failure, at: kernel.world.now(), by: account)
        kernel.commit(change, .outcome(id, outcome, token))
    }

    /// The delay before the next try; nil if the failure allows none. The delay doubles with each try from 2 s to 10
    /// min. It is at least as long as the network asks for. It does not exceed the rest of `Limits.longestWait`.
    private func retryDelay(of failure: Failure, _ entry: OutboundEntry) -> Duration? {
        guard case .after(let wait) = failure.retry else { return nil }
        let backoff = Duration.seconds(min(600, 1 << min(entry.attempts, 10)))
        let end = entry.createdAt.advanced(by: kernel.settings.limits.longestWait)
        return min(max(wait, backoff), self.wait(until: end))
    }

    /// The time until a moment; zero if the moment is past. At most `Limits.longestWait`, even if the clock has been
    /// set back.
    func wait(until moment: Timestamp) -> Duration {
        min(kernel.world.now().duration(until: moment), kernel.settings.limits.longestWait)
    }

    /// Writes an unknown outcome for an entry that is still being handed over: no report has come in time.
    func outcomeOverdue(_ id: RequestID) {
        guard open[id]?.state == .handing else { return }
        let failure = Failure(
            .unknownOutcome,
            "The network has not reported whether the message has arrived. It may or may not have arrived.")
        storeOutcome(.failed(failure), of: id, by: nil)
    }

    /// Takes the registry's answer to `storeOutcome`: acknowledges the report and tells the sender. If the outcome
    /// could not be written, the adapter must repeat its report. Without a report, the gateway tries again in 5 s.
    func outcomeStored(
        _ id: RequestID, _ outcome: LedgerOutcome, _ token: StorageToken?,
        _ result: Result<ChangeReply, RegistryError>
    ) {
        switch result {
        case .failure(let error):
            kernel.count(.notStored)
            kernel.log(.debug, "the outcome of a message cannot be written", ["id": "\(id)", "reason": "\(error)"])
            if let token { return kernel.order(.storageAnswer(token, .refused(.registryAway))) }
            unwrittenOutcomes[id] = outcome
            kernel.startTimer(Self.saveAgainTimer, about: id, after: .seconds(5))
        case .success(.outbound(let entry?)):
            if let token { kernel.order(.storageAnswer(token, .stored)) }
            if outcome.isOpen { keepOpen(entry) } else { open[id] = nil }
            outcome.isOpen ? freePlace(entry) : leave(entry)
            follow(entry, outcome)
        case .success:
            if let token {
                kernel.order(.storageAnswer(token, .stored))
                kernel.count(.unmatchedReports)
            }
        }
    }

    /// Writes an outcome that the registry could not write before.
    func saveAgain(_ id: RequestID) {
        guard let outcome = unwrittenOutcomes.removeValue(forKey: id) else { return }
        storeOutcome(outcome, of: id, by: open[id]?.account)
    }

    /// Continues after a written outcome: plans the next try, or tells the sender.
    private func follow(_ entry: OutboundEntry, _ outcome: LedgerOutcome) {
        switch outcome {
        case .accepted: break
        case .postponed:
            let wait = self.wait(until: entry.notBefore ?? kernel.world.now())
            kernel.log(
                .info, "the network has not taken a message; the gateway tries again",
                ["id": "\(entry.id)", "after": "\(wait)"])
            kernel.startTimer(Self.handOverTimer, about: entry.id, after: wait)
        case .delivered: tell(UnreportedOutcome(entry, failure: nil))
        case .failed(let failure):
            kernel.count(.messagesFailed)
            tell(UnreportedOutcome(entry, failure: failure))
        }
    }

    /// Ends an open entry because its sender has unregistered, and tells the sender.
    func endForUnregisteredSender(_ entry: OutboundEntry) {
        open[entry.id] = nil
        _ = order.remove(entry)
        order.freePlace(entry)
        let failure =
            entry.state == .waiting
            ? Failure(.registrationRequired, "You have unregistered. The message was not sent.")
            : Failure(.unknownOutcome, "You have unregistered. The message may or may not have arrived.")
        tell(UnreportedOutcome(entry, failure: failure))
    }

    /// Continues an open entry of an earlier run of the program. Call this at start.
    func resume(_ entry: OutboundEntry) {
        open[entry.id] = entry
        switch entry.state {
        case .waiting where entry.text.isEmpty:
            let words =
                "Your message was not sent: the gateway has restarted, and your client had asked it not to store the"
                + " message. Send it again."
            settle(entry.id, .failed(Failure(.remoteDown, words)), token: nil)
        case .waiting:
            order.append(entry)
            guard order.isFirst(entry) else { return }
            let wait = wait(until: entry.notBefore ?? kernel.world.now())
            kernel.startTimer(Self.handOverTimer, about: entry.id, after: wait)
        default:
            // While the program did not run, it could not take reports. The network repeats them, so the whole window
            // begins now.
            kernel.startTimer(
                Self.outcomeOverdueTimer, about: entry.id, after: kernel.settings.limits.outcomeWindow)
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

    /// Whether the entry waits for another try, and so stays in `Ledger.open`.
    fileprivate var isOpen: Bool {
        if case .postponed = self { true } else { false }
    }
}

extension Timestamp {
    /// The time until a later moment; zero if that moment is past.
    fileprivate func duration(until later: Timestamp) -> Duration {
        .seconds(max(0, later.secondsSince1970 - secondsSince1970))
    }
}
