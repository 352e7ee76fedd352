import GatewayKit
import Logging
import Registry
import XMPP

/// The way out on networks of delivery `stored`: on disk first, handed over once, retried only where it is known
/// that the network has not taken it, and every outcome told to the sender.
extension Switchboard {
    func store(_ message: Message, body: String, from: JID, peer: PeerAddress, session: Session, network: NetworkID) {
        guard let to = message.head.to else { return }
        let now = world.now()
        let entry = OutboundEntry(
            id: RequestID(world.newID()), gateway: settings.domain.domain,
            account: AccountID(user: session.user, network: network), localpart: rules.localpart(of: .peer(peer)),
            text: body, sender: from.description, recipient: to.description, originID: message.head.id,
            wantsReceipt: message.payload.contains { (try? Receipt($0)) == .request }, createdAt: now, updatedAt: now)
        commit(.appendOutbound(entry), .stored(entry, message))
    }

    func stored(_ entry: OutboundEntry, _ message: Message, _ result: Result<ChangeReply, RegistryError>) {
        if case .failure(let error) = result {
            // The registry itself tells the operator, once.
            count(.notStored)
            log(.debug, "message refused: the ledger cannot be written", ["reason": "\(error)"])
            return refuse(
                message,
                StanzaError(.wait, .resourceConstraint, "The gateway cannot store messages now. Try again later."))
        }
        ledger.open[entry.id] = entry
        handOver(entry.id)
    }

    /// Marks a waiting entry as handed over; the handing itself follows the commit.
    func handOver(_ id: RequestID) {
        guard let entry = ledger.open[id], entry.state == .waiting, !isStopping else { return }
        let now = world.now()
        guard now < entry.createdAt.advanced(by: settings.limits.longestWait) else {
            let failure = Failure(
                .remoteDown, "The network could not be reached for too long; the message was not sent.")
            return settle(id, .failed(failure), receipt: nil)
        }
        commit(.advance(id, to: .handing, at: now), .handing(id))
    }

    func handing(_ id: RequestID, _ result: Result<ChangeReply, RegistryError>) {
        switch result {
        case .failure: order(.timer(.handOver(id), after: .seconds(5)))
        case .success(.outbound(let entry?)):
            ledger.open[id] = entry
            hand(entry)
        case .success: ledger.open[id] = nil
        }
    }

    private func hand(_ entry: OutboundEntry) {
        guard case .success(let address) = read(localpart: entry.localpart),
            let user = try? JID(entry.account.user.rawValue)
        else {
            let failure = Failure(.notFound, "The address is not valid any more.")
            return settle(entry.id, .failed(failure), receipt: nil)
        }
        openNetwork(entry.account.network, for: session(of: user), nick: nil)
        count(.messagesOut)
        let action = Request.Action.send(.text(Text(entry.text)), to: address)
        order(.perform(entry.account, Request(id: entry.id, action: action)))
    }

    private func read(localpart: String) -> Result<Address, AddressError> {
        do throws(AddressError) {
            return .success(try rules.address(localpart: localpart))
        } catch {
            return .failure(error)
        }
    }

    /// An adapter has reported on an entry of the ledger.
    ///
    /// - account: whose session has reported; only an entry of that account is touched.
    func settle(
        _ id: RequestID, _ outcome: CommitTag.Outcome, receipt: ReceiptToken?, by account: AccountID? = nil
    ) {
        var next = outcome
        if case .failed(let failure) = outcome, let entry = ledger.open[id] {
            if failure.kind == .unknownOutcome, receipt == nil {
                // A report may still tell; only when none comes is the sender told that nobody knows.
                order(.timer(.outcomeOverdue(id), after: settings.limits.outcomeWindow))
                return
            }
            if let wait = retryDelay(of: failure, entry) {
                next = .postponed(until: world.now().advanced(by: wait))
            }
        }
        record(next, of: id, receipt: receipt, by: account)
    }

    /// Puts an outcome on record; what follows from it follows the commit.
    func record(_ outcome: CommitTag.Outcome, of id: RequestID, receipt: ReceiptToken? = nil, by account: AccountID?) {
        let change = Change.advance(
            id, to: outcome.state, foreignID: outcome.foreignID, notBefore: outcome.notBefore,
            failure: outcome.failure, at: world.now(), by: account)
        commit(change, .outcome(id, outcome, receipt))
    }

    /// At least what the network asks for, doubling from 2 s to 10 min with each try.
    private func retryDelay(of failure: Failure, _ entry: OutboundEntry) -> Duration? {
        guard case .after(let wait) = failure.retry else { return nil }
        let backoff = Duration.seconds(min(600, 1 << min(entry.attempts, 10)))
        let end = entry.createdAt.advanced(by: settings.limits.longestWait)
        return min(max(wait, backoff), self.wait(until: end))
    }

    /// How long to wait for a moment. A clock that has been set back must not make that longer than any wait can be.
    private func wait(until moment: Timestamp) -> Duration {
        min(world.now().duration(until: moment), settings.limits.longestWait)
    }

    func outcomeOverdue(_ id: RequestID) {
        guard ledger.open[id]?.state == .handing else { return }
        let failure = Failure(
            .unknownOutcome,
            "The network took the message over but never said what became of it. It may or may not have arrived.")
        record(.failed(failure), of: id, by: nil)
    }

    /// An outcome is on record: acknowledge the report and tell the sender.
    func recorded(
        _ id: RequestID, _ outcome: CommitTag.Outcome, _ receipt: ReceiptToken?,
        _ result: Result<ChangeReply, RegistryError>
    ) {
        switch result {
        case .failure(let error):
            count(.notStored)
            log(.debug, "the outcome of a message cannot be written", ["id": "\(id)", "reason": "\(error)"])
            if let receipt { return order(.taken(receipt, .refused(.registryAway))) }
            ledger.unsaved[id] = outcome
            order(.timer(.saveAgain(id), after: .seconds(5)))
        case .success(.outbound(let entry?)):
            if let receipt { order(.taken(receipt, .stored)) }
            ledger.open[id] = outcome.isOpen ? entry : nil
            follow(entry, outcome)
        case .success:
            if let receipt {
                order(.taken(receipt, .stored))
                count(.unmatchedReports)
            }
        }
    }

    func saveAgain(_ id: RequestID) {
        guard let outcome = ledger.unsaved.removeValue(forKey: id) else { return }
        record(outcome, of: id, by: ledger.open[id]?.account)
    }

    /// Follows an outcome up: a receipt, an error, or the next try.
    private func follow(_ entry: OutboundEntry, _ outcome: CommitTag.Outcome) {
        switch outcome {
        case .accepted: break
        case .postponed:
            let wait = self.wait(until: entry.notBefore ?? world.now())
            log(.info, "not taken by the network; another try follows", ["id": "\(entry.id)", "after": "\(wait)"])
            order(.timer(.handOver(entry.id), after: wait))
        case .delivered: tell(UntoldOutcome(entry, failure: nil))
        case .failed(let failure):
            count(.messagesFailed)
            tell(UntoldOutcome(entry, failure: failure))
        }
    }

    /// Tells a sender how a message ended. The registry keeps it as untold until the home server has it.
    private func tell(_ outcome: UntoldOutcome) {
        let entry = outcome.entry
        guard let message = report(outcome) else { return commit(.told([entry.id])) }
        deliver(.report(entry.id, message))
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
        let head = StanzaHead(to: sender, from: recipient, id: world.newID())
        return Message(head, type: .chat, payload: [Receipt.received(id: origin).element])
    }

    /// The sender has unregistered: what was on its way has no future, and they are told.
    func forsake(_ entry: OutboundEntry) {
        ledger.open[entry.id] = nil
        let failure =
            entry.state == .waiting
            ? Failure(.registrationRequired, "You have unregistered; the message was not sent.")
            : Failure(.unknownOutcome, "You have unregistered; the message may or may not have arrived.")
        tell(UntoldOutcome(entry, failure: failure))
    }

    /// An earlier run of the program may not have told this.
    func tellAgain(_ outcome: UntoldOutcome) { tell(outcome) }

    /// Takes up what an earlier run of the program left behind.
    func resume(_ entry: OutboundEntry) {
        ledger.open[entry.id] = entry
        switch entry.state {
        case .waiting:
            order(.timer(.handOver(entry.id), after: wait(until: entry.notBefore ?? world.now())))
        default:
            let end = entry.updatedAt.advanced(by: settings.limits.outcomeWindow)
            let wait = min(self.wait(until: end), settings.limits.outcomeWindow)
            order(.timer(.outcomeOverdue(entry.id), after: wait))
        }
    }
}

extension CommitTag.Outcome {
    var state: OutboundEntry.State {
        switch self {
        case .accepted: .accepted
        case .delivered: .delivered
        case .failed(let failure): failure.kind == .unknownOutcome ? .unknown : .failed
        case .postponed: .waiting
        }
    }

    var failure: Failure? { if case .failed(let failure) = self { failure } else { nil } }
    var foreignID: MessageID? { if case .accepted(let id) = self { id } else { nil } }
    var notBefore: Timestamp? { if case .postponed(let time) = self { time } else { nil } }

    /// More is to be done before the entry is settled.
    var isOpen: Bool {
        if case .postponed = self { true } else { false }
    }
}

extension Failure {
    static let registryAway = Failure(
        .internal, "The gateway cannot store messages now.", detail: "registry not writable",
        retry: .after(.seconds(30)))
}

extension Timestamp {
    /// Never negative.
    func duration(until later: Timestamp) -> Duration {
        .seconds(max(0, later.secondsSince1970 - secondsSince1970))
    }
}
