import Basics
import GatewayKit
import Logging
import NIOCore

/// The live session of one user's number. It sends messages to the provider in order and at the provider's pace, and
/// passes on the provider's reports. It runs on the gateway's loop.
final class SMSSession: AdapterSession {
    /// How long messages in flight may wait for their answer when the session is closed. After that their outcome
    /// counts as unknown.
    static let closingTime = TimeAmount.seconds(5)

    let number: E164
    /// The user to whom the number belongs now.
    let user: UserID
    private let link: ProviderLink
    private let events: EventSink
    /// Remembers the provider's ids; nil if reports name our references.
    private let sent: SentIDs?
    private let gate: AccountGate
    private let eventLoop: any EventLoop
    private let logger: Logger
    private var queue = SendQueue()
    /// The messages with an unknown outcome. A report may still prove that the provider has them.
    private var doubtful: Set<RequestID> = []
    /// Counts the delivered parts of messages; nil if the provider does not report on each part.
    private let parts: PartReports?
    private static let mostDoubtful = 1_000
    /// Tokens of the account's rate that this session has taken and not yet used.
    private var unusedTokens = 0
    /// Whether the gate will call back with a token.
    private var waitsForTurn = false
    /// The tokens for the provider's rate. Nil if the provider has no limit.
    private var pace: TokenBucket?
    private var paceTimer: Scheduled<Void>?
    private var closing: (timer: Scheduled<Void>?, done: () -> Void)?
    private(set) var isClosed = false

    /// Makes the session of a number. Call `announceCapabilities` when it is registered with `SessionsByNumber`.
    ///
    /// - Parameters:
    ///   - user: the user to whom the number belongs now.
    ///   - gate: the gate of the number's account, shared by all sessions of the account.
    ///   - sent: remembers the provider's ids; nil if reports name our references.
    ///   - parts: counts the delivered parts; nil if the provider does not report on each part.
    init(
        number: E164, of user: UserID, link: ProviderLink, gate: AccountGate, events: EventSink, sent: SentIDs? = nil,
        parts: PartReports? = nil, logger: Logger
    ) {
        self.number = number
        self.user = user
        self.link = link
        self.gate = gate
        self.events = events
        self.sent = sent
        self.parts = parts
        self.logger = logger
        eventLoop = link.eventLoop
        pace = (link.account.numberRate ?? link.account.profile.pace)?.bucket
    }

    /// Does nothing. Inbound messages are on disk before they are acknowledged, so they need no pause.
    func pause() {}
    func resume() {}

    private var account: ProviderAccount { link.account }

    /// Announces the capabilities. Call it before the session emits any other event. The capabilities follow from the
    /// configuration, and never change during the session.
    func announceCapabilities() { account.capabilities.announce(to: events) }

    func perform(_ request: Request) {
        guard !isClosed else { return }
        do {
            try submit(request)
        } catch {
            events.emit(.outcome(request.id, .failed(error)))
        }
    }

    private func submit(_ request: Request) throws(Failure) {
        guard closing == nil else { throw Self.notHandedOver }
        switch request.action {
        case .send(.text(let text), to: let address):
            try submit(account.message(request.id, text, to: address, from: number))
        case .send(.file(let file), to: let address):
            try submit(account.message(request.id, file, to: address, from: number))
        case .resume:
            gate.tryNow()
            events.emit(.outcome(request.id, .accepted(as: nil)))
        default:
            let capabilities = account.capabilities.capabilities(of: request.action.address, kind: SMSRules.kind)
            guard capabilities.drops(request.action) else {
                throw Failure(.unsupported, "Text messages carry only text, and only to telephone numbers.")
            }
            events.emit(.outcome(request.id, .accepted(as: nil)))
        }
    }

    private func submit(_ text: OutboundText) throws(Failure) {
        try account.checkHours(at: link.clock())
        if let pause = gate.pauseTime { throw Self.paused(pause) }
        guard !queue.isFull else {
            let wait =
                (account.numberRate ?? account.profile.pace).map { $0.duration(of: SendQueue.mostWaiting) }
                ?? .seconds(5)
            throw Failure(.rateLimited, "Too many messages are waiting already.", retry: .after(wait))
        }
        queue.add(text)
        handOver()
    }

    private func handOver() {
        while closing == nil, paceTimer == nil, queue.isReady {
            if let pause = gate.pauseTime { return sendBack(Self.paused(pause)) }
            if let failure = quietHours() { return sendBack(failure) }
            guard takeTurn() else { return }
            if let wait = paceWait() {
                paceTimer = eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(wait)) { [weak self] in
                    self?.paceTimer = nil
                    self?.handOver()
                }
                return
            }
            guard let message = queue.start() else { return }
            unusedTokens -= 1
            gate.started()
            logger.debug(
                "handing a message over",
                metadata: ["request": "\(message.ref)", "parts": "\(message.segmentation.parts)"])
            sent?.sending(account.name)
            emit(parts?.sent(message.ref, message.segmentation.parts))
            link.send(message) { [weak self] in self?.answered(message.ref, $0) }
        }
    }

    /// Takes a token of the account's rate. Returns false if the session must wait for one: then `handOver` is called
    /// again when it has one.
    private func takeTurn() -> Bool {
        if unusedTokens > 0 { return true }
        guard !waitsForTurn else { return false }
        let isMine = gate.takeTurn { [weak self] in
            self?.waitsForTurn = false
            self?.unusedTokens += 1
            self?.handOver()
        }
        if isMine { unusedTokens += 1 } else { waitsForTurn = true }
        return isMine
    }

    /// Gives the waiting messages back to the core, which tries them again if the failure allows that.
    private func sendBack(_ failure: Failure) {
        for message in queue.dropWaiting() { events.emit(.outcome(message.ref, .failed(failure))) }
    }

    /// The failure of messages whose turn comes in the quiet hours of the account; nil in all other hours.
    private func quietHours() -> Failure? {
        do throws(Failure) {
            try account.checkHours(at: link.clock())
            return nil
        } catch {
            return error
        }
    }

    /// Takes a token and returns nil, or returns how long to wait for one.
    private func paceWait() -> Duration? {
        let now = eventLoop.now.uptimeNanoseconds
        return pace?.take(now: now) ?? true ? nil : pace?.timeUntilNext(now: now)
    }

    private func answered(_ id: RequestID, _ outcome: SendOutcome) {
        guard let flight = queue.finish(id) else { return }
        gate.count(ProviderEvent(outcome))
        if case .refusedAccount(let failure) = outcome, !flight.isAccepted, flight.reports.isEmpty {
            let pause = gate.refused(failure.detail ?? failure.text)
            events.emit(.outcome(id, .failed(Self.paused(pause))))
            rememberID(of: outcome, flight.message)
            return goOn()
        }
        noteAnswer(outcome)
        switch outcome {
        case .accepted(let name, var facts):
            facts.parts = facts.parts ?? flight.message.severalParts
            note(facts, of: id)
            events.emit(.outcome(id, .accepted(as: name.map(messageID))))
        case .failed(let failure) where flight.isAccepted, .refusedAccount(let failure) where flight.isAccepted:
            logger.notice(
                "the provider reported on a message that it had not accepted",
                metadata: ["request": "\(id)", "answer": "\(failure.detail ?? failure.text)"])
            note(MessageFacts(parts: flight.message.severalParts), of: id)
            events.emit(.outcome(id, .accepted(as: nil)))
        case .failed(let failure), .refusedAccount(let failure):
            log(failure, id)
            if failure.kind == .unknownOutcome, doubtful.count < Self.mostDoubtful { doubtful.insert(id) }
            emit(failure.kind == .unknownOutcome ? nil : parts?.ended(id))
            // If a final report has waited for this answer, it has the better text for the same failure.
            if flight.reports.isEmpty {
                note(MessageFacts(parts: flight.message.severalParts), of: id)
                events.emit(.outcome(id, .failed(failure)))
            }
        }
        rememberID(of: outcome, flight.message)
        for report in flight.reports { events.emit(report.event, onAnswer: report.onAnswer) }
        goOn()
    }

    /// Sends the next messages after an answer, or ends the session if it is closing and all messages have answers.
    private func goOn() {
        handOver()
        if queue.isEmpty { finishClosing() }
    }

    /// Tells the gate whether an answer shows that the provider accepts the account.
    private func noteAnswer(_ outcome: SendOutcome) {
        switch outcome {
        case .accepted: gate.answered()
        // These failures do not show whether the provider accepts the account. Kind `internal` is about the operator's
        // settings.
        case .failed(let failure)
        where failure.kind == .unknownOutcome || failure.kind == .internal || failure.retry != .never:
            gate.unclear()
        case .failed, .refusedAccount: gate.answered()
        }
    }

    private func rememberID(of outcome: SendOutcome, _ message: OutboundText) {
        guard let sent else { return }
        var name: String?
        if case .accepted(let given, _) = outcome { name = given }
        let kept = sent.answered(account.name, name, SentIDs.Message(number: number, ref: message.ref))
        for event in kept { events.emit(event) }
    }

    private func emit(_ kept: [Event]?) { for event in kept ?? [] { events.emit(event) } }

    private func note(_ facts: MessageFacts, of id: RequestID) {
        if !facts.isEmpty { events.emit(.outcome(id, .noted(facts))) }
    }

    /// Makes a message id from the provider's id. It is unique among all providers of the network.
    private func messageID(_ name: String) -> MessageID { MessageID(account.name + "/" + name) }

    private func log(_ failure: Failure, _ id: RequestID) {
        let metadata: Logger.Metadata = [
            "request": "\(id)", "kind": "\(failure.kind.rawValue)", "detail": "\(failure.detail ?? "")",
        ]
        if failure.kind == .internal {
            logger.error("the provider refuses the settings of this account", metadata: metadata)
        } else {
            logger.info("a message was not handed over", metadata: metadata)
        }
    }

    func close(reason: String, done: @escaping () -> Void) {
        guard closing == nil, !isClosed else { return done() }
        closing = (nil, done)
        paceTimer?.cancel()
        for message in queue.dropWaiting() { events.emit(.outcome(message.ref, .failed(Self.notHandedOver))) }
        guard !queue.isEmpty else { return finishClosing() }
        closing?.timer = eventLoop.assumeIsolated().scheduleTask(in: Self.closingTime) { [weak self] in
            guard let self else { return }
            for id in queue.inFlight {
                answered(id, .failed(.unknownOutcome(detail: "the session was closed before the answer came")))
            }
        }
    }

    private func finishClosing() {
        guard let closing else { return }
        self.closing = nil
        isClosed = true
        closing.timer?.cancel()
        closing.done()
    }

    /// The failure of a message that waits because the account is paused. The core tries it again after the pause.
    private static func paused(_ pause: Duration) -> Failure {
        Failure(
            .remoteDown,
            "The gateway's account with its SMS provider cannot send now. The operator has been told, and your message"
                + " waits.", detail: "the account is paused", retry: .after(pause))
    }

    private static let notHandedOver = Failure(
        .remoteDown, "The gateway is closing; the message was not handed over.", retry: .after(.zero))
}

extension SMSSession {
    /// Passes on a message from a phone. `onAnswer` is called once, on the loop.
    func received(_ message: InboundMessage, onAnswer: @escaping (EventSink.StorageAnswer) -> Void) {
        guard !isClosed else { return onAnswer(.refused(Self.notHandedOver)) }
        events.emit(.message(message), onAnswer: onAnswer)
    }

    /// Keeps a value beyond the end of the program, or removes it if it is nil. `onAnswer` is called once, when that is
    /// on disk or was refused.
    func keep(_ value: String?, for key: String, onAnswer: @escaping (EventSink.StorageAnswer) -> Void) {
        guard !isClosed else { return onAnswer(.refused(Self.notHandedOver)) }
        events.emit(.state(.keep(value, for: key)), onAnswer: onAnswer)
    }

    /// Passes on a provider's report about a message of ours. `onAnswer` is called once, on the loop.
    ///
    /// - Parameters:
    ///   - name: the provider's id if the message was found by it.
    ///   - part: tells the part of the message apart from its others if the report is about a part only.
    ///   - facts: the facts that the report tells besides the outcome.
    func reported(
        _ id: RequestID, _ report: FinalReport?, id name: String? = nil, part: String? = nil,
        facts: MessageFacts = MessageFacts(),
        onAnswer: @escaping (EventSink.StorageAnswer) -> Void
    ) {
        guard !isClosed else { return onAnswer(.refused(Self.notHandedOver)) }
        note(facts, of: id)
        // A message is delivered when all of its parts are delivered, and has failed when one part has failed.
        var report = report
        if case .failed? = report { emit(parts?.ended(id)) }
        if report == .delivered, let part, let parts {
            let (isWhole, kept) = parts.delivered(id, part)
            emit(kept)
            if !isWhole { report = nil }
        }
        if let name, let sent, report != nil { events.emit(sent.finished(name, of: account.name)) }
        guard let report else {
            queue.markAccepted(id)
            if doubtful.remove(id) != nil { events.emit(.outcome(id, .accepted(as: nil))) }
            return onAnswer(.stored)
        }
        doubtful.remove(id)
        let event = report.event(id)
        guard queue.isInFlight(id) else { return events.emit(event, onAnswer: onAnswer) }
        // The answer to the request has to come first, so that no message is delivered before it is accepted.
        if !queue.keepReport(SendQueue.EarlyReport(event: event, onAnswer: onAnswer), for: id) {
            onAnswer(.refused(Failure(.rateLimited, "too many reports for one message")))
        }
    }
}

extension OutboundText {
    /// The number of parts; nil if there is only one.
    fileprivate var severalParts: Int? { segmentation.parts > 1 ? segmentation.parts : nil }
}

/// A provider's final report about a message.
enum FinalReport: Equatable, Sendable {
    case delivered
    case failed(Failure)

    func event(_ id: RequestID) -> Event {
        switch self {
        case .delivered: .outcome(id, .delivered)
        case .failed(let failure): .outcome(id, .failed(failure))
        }
    }
}
