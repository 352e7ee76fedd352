import GatewayKit
import Logging
import NIOCore

/// The live session of one user's number. It hands messages over in order and at the provider's pace, and passes on
/// the provider's reports. It runs on the gateway's loop.
final class SMSSession: AdapterSession {
    /// How long messages in flight may wait for their answer when the session is closed. After that their outcome
    /// counts as unknown.
    static let closingTime = TimeAmount.seconds(5)

    let number: E164
    private let link: ProviderLink
    private let events: EventSink
    private let eventLoop: any EventLoop
    private let logger: Logger
    private var queue = SendQueue()
    /// Messages handed over with unknown outcome. A report may still prove that the provider has them.
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

    /// Does nothing: inbound messages are on disk before they are acknowledged, so there is nothing to pause.
    func pause() {}
    func resume() {}

    func capabilities(for address: Address) -> Capabilities {
        guard case .peer(let peer) = address, let correspondent = Correspondent(localpart: peer.name) else {
            return Capabilities([:])
        }
        return link.account.capabilities(for: correspondent)
    }

    func perform(_ request: Request) {
        guard !isClosed else { return }
        do {
            try submit(request)
        } catch {
            events.emit(.failed(request.id, error))
        }
    }

    private func submit(_ request: Request) throws(Failure) {
        guard case .send(let message) = request.action else {
            throw Failure(.unsupported, "Text messages know no rooms and no names.")
        }
        guard closing == nil else { throw Self.notHandedOver }
        let text = try link.account.message(request.id, message, from: number)
        guard !queue.isFull else {
            let wait = pace.map { $0.duration(of: SendQueue.mostWaiting) } ?? .seconds(5)
            throw Failure(.rateLimited, "Too many messages are waiting already.", retry: .after(wait))
        }
        queue.add(text)
        handOver()
    }

    private func handOver() {
        while closing == nil, paceTimer == nil, queue.isReady {
            if let wait = pace?.take(now: eventLoop.now) {
                paceTimer = eventLoop.assumeIsolated().scheduleTask(in: wait) { [weak self] in
                    self?.paceTimer = nil
                    self?.handOver()
                }
                return
            }
            guard let message = queue.start() else { return }
            logger.debug(
                "handing a message over",
                metadata: ["request": "\(message.ref)", "parts": "\(message.segmentation.parts)"])
            link.send(message) { [weak self] in self?.answered(message.ref, $0) }
        }
    }

    private func answered(_ id: RequestID, _ outcome: SendOutcome) {
        guard let flight = queue.finish(id) else { return }
        switch outcome {
        case .accepted(let name):
            events.emit(.accepted(id, as: name.map(messageID)))
        case .failed(let failure) where flight.isProven:
            logger.notice(
                "the provider reported on a message that it had not accepted",
                metadata: ["request": "\(id)", "answer": "\(failure.detail ?? failure.text)"])
            events.emit(.accepted(id, as: nil))
        case .failed(let failure):
            log(failure, id)
            if failure.kind == .unknownOutcome, doubtful.count < Self.mostDoubtful { doubtful.insert(id) }
            // If a final report has waited for this answer, it tells the same failure in better words.
            if flight.reports.isEmpty { events.emit(.failed(id, failure)) }
        }
        for report in flight.reports { events.emit(report.event, taken: report.taken) }
        handOver()
        if queue.isEmpty { finishClosing() }
    }

    /// The name of a message, unique among all providers of the network.
    private func messageID(_ name: String) -> MessageID { MessageID(link.account.name + "/" + name) }

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
        for message in queue.dropWaiting() { events.emit(.failed(message.ref, Self.notHandedOver)) }
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

    private static let notHandedOver = Failure(
        .remoteDown, "The gateway is closing; the message was not handed over.", retry: .after(.zero))
}

extension SMSSession {
    /// Passes on a message from a phone. `taken` is called once, on the loop.
    func received(_ message: InboundMessage, taken: @escaping (EventSink.Taken) -> Void) {
        guard !isClosed else { return taken(.refused(Self.notHandedOver)) }
        events.emit(.message(message), taken: taken)
    }

    /// Passes on a provider's report about a message of ours. `taken` is called once, on the loop.
    func reported(_ id: RequestID, _ report: FinalReport?, taken: @escaping (EventSink.Taken) -> Void) {
        guard !isClosed else { return taken(.refused(Self.notHandedOver)) }
        guard let report else {
            queue.prove(id)
            if doubtful.remove(id) != nil { events.emit(.accepted(id, as: nil)) }
            return taken(.stored)
        }
        doubtful.remove(id)
        let event = report.event(id)
        guard queue.isInFlight(id) else { return events.emit(event, taken: taken) }
        // The answer to the request has to come first, so that no message is delivered before it is accepted.
        if !queue.park(SendQueue.ParkedReport(event: event, taken: taken), for: id) {
            taken(.refused(Failure(.rateLimited, "too many reports for one message")))
        }
    }
}

/// A provider's final report about a message.
enum FinalReport: Equatable, Sendable {
    case delivered
    case failed(Failure)

    func event(_ id: RequestID) -> Event {
        switch self {
        case .delivered: .delivered(id)
        case .failed(let failure): .failed(id, failure)
        }
    }
}
