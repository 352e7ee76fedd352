import GatewayKit
import Logging
import NIOCore

/// One user's number, live: hands messages over in order and at the provider's pace, and passes on what the provider
/// reports. On the gateway's loop.
final class SMSSession: AdapterSession {
    /// Of in-flight messages when the session is closed; then their outcome counts as unknown.
    static let closingTime = TimeAmount.seconds(5)

    let number: E164
    private let link: ProviderLink
    private let events: EventSink
    private let eventLoop: any EventLoop
    private let logger: Logger
    private var outbox = Outbox()
    /// Handed over with unknown outcome: a word from the provider still says that it has them.
    private var doubtful: Set<RequestID> = []
    private static let mostDoubtful = 1_000
    private var pace: SendPace?
    private var paceTimer: Scheduled<Void>?
    private var closing: (timer: Scheduled<Void>?, done: () -> Void)?
    private(set) var isClosed = false

    init(number: E164, link: ProviderLink, events: EventSink, logger: Logger) {
        self.number = number
        self.link = link
        self.events = events
        self.logger = logger
        eventLoop = link.eventLoop
        pace = link.account.profile.pace.map { SendPace($0, now: link.eventLoop.now) }
    }

    /// What comes in is on disk before it is acknowledged, so there is nothing to hold up.
    func pause() {}
    func resume() {}

    private var account: ProviderAccount { link.account }

    /// Call it before the session emits anything. What can be done follows from the configuration, and never changes
    /// while the session lives.
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
        case .send(.text(let text), to: let address): try submit(text, to: address, request.id)
        case .send(.file(let file), to: let address): try submit(file.asText, to: address, request.id)
        default:
            let capabilities = account.capabilities.capabilities(of: request.action.address, kind: SMSRules.kind)
            guard capabilities.drops(request.action) else {
                throw Failure(.unsupported, "Text messages carry words to telephone numbers, and nothing else.")
            }
            events.emit(.outcome(request.id, .accepted(as: nil)))
        }
    }

    private func submit(_ words: Text, to address: Address, _ id: RequestID) throws(Failure) {
        let text = try account.message(id, words, to: address, from: number)
        guard !outbox.isFull else {
            let wait = pace.map { $0.duration(of: Outbox.mostWaiting) } ?? .seconds(5)
            throw Failure(.rateLimited, "Too many messages are waiting already.", retry: .after(wait))
        }
        outbox.add(text)
        handOver()
    }

    private func handOver() {
        while closing == nil, paceTimer == nil, outbox.isReady {
            if let wait = pace?.take(now: eventLoop.now) {
                paceTimer = eventLoop.assumeIsolated().scheduleTask(in: wait) { [weak self] in
                    self?.paceTimer = nil
                    self?.handOver()
                }
                return
            }
            guard let message = outbox.start() else { return }
            logger.debug(
                "handing over", metadata: ["request": "\(message.ref)", "parts": "\(message.segmentation.parts)"])
            link.send(message) { [weak self] in self?.answered(message.ref, $0) }
        }
    }

    private func answered(_ id: RequestID, _ outcome: SendOutcome) {
        guard let flight = outbox.finish(id) else { return }
        switch outcome {
        case .accepted(let name):
            events.emit(.outcome(id, .accepted(as: name.map(messageID))))
        case .failed(let failure) where flight.isProven:
            logger.notice(
                "the provider reported on a message that it had not accepted",
                metadata: ["request": "\(id)", "answer": "\(failure.detail ?? failure.text)"])
            events.emit(.outcome(id, .accepted(as: nil)))
        case .failed(let failure):
            log(failure, id)
            if failure.kind == .unknownOutcome, doubtful.count < Self.mostDoubtful { doubtful.insert(id) }
            // A final report that waited is the better word for the same failure.
            if flight.reports.isEmpty { events.emit(.outcome(id, .failed(failure))) }
        }
        for report in flight.reports { events.emit(report.event, taken: report.taken) }
        handOver()
        if outbox.isEmpty { finishClosing() }
    }

    /// Unique among all providers of the network.
    private func messageID(_ name: String) -> MessageID { MessageID(account.name + "/" + name) }

    private func log(_ failure: Failure, _ id: RequestID) {
        let metadata: Logger.Metadata = [
            "request": "\(id)", "kind": "\(failure.kind.rawValue)", "detail": "\(failure.detail ?? "")",
        ]
        if failure.kind == .internal {
            logger.error("the provider refuses our set-up", metadata: metadata)
        } else {
            logger.info("not handed over", metadata: metadata)
        }
    }

    func close(reason: String, done: @escaping () -> Void) {
        guard closing == nil, !isClosed else { return done() }
        closing = (nil, done)
        paceTimer?.cancel()
        for message in outbox.dropWaiting() { events.emit(.outcome(message.ref, .failed(Self.notHandedOver))) }
        guard !outbox.isEmpty else { return finishClosing() }
        closing?.timer = eventLoop.assumeIsolated().scheduleTask(in: Self.closingTime) { [weak self] in
            guard let self else { return }
            for id in outbox.inFlight {
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

    private static let notHandedOver = Failure(
        .remoteDown, "The gateway is closing; the message was not handed over.", retry: .after(.zero))
}

extension SMSSession {
    /// A message from a phone. `taken` is called once, on the loop.
    func received(_ message: InboundMessage, taken: @escaping (EventSink.Taken) -> Void) {
        guard !isClosed else { return taken(.refused(Self.notHandedOver)) }
        events.emit(.message(message), taken: taken)
    }

    /// What the provider says about a message of ours. `taken` is called once, on the loop.
    func reported(_ id: RequestID, _ report: FinalReport?, taken: @escaping (EventSink.Taken) -> Void) {
        guard !isClosed else { return taken(.refused(Self.notHandedOver)) }
        guard let report else {
            outbox.prove(id)
            if doubtful.remove(id) != nil { events.emit(.outcome(id, .accepted(as: nil))) }
            return taken(.stored)
        }
        doubtful.remove(id)
        let event = report.event(id)
        guard outbox.isInFlight(id) else { return events.emit(event, taken: taken) }
        // The answer to the request comes first, so that nothing is delivered before it is accepted.
        if !outbox.park(Outbox.ParkedReport(event: event, taken: taken), for: id) {
            taken(.refused(Failure(.rateLimited, "too many reports for one message")))
        }
    }
}

/// The last word of a provider about a message.
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
