import GatewayKit
import Logging
import NIOCore

/// Finds the session of a number for the events of webhooks. If no session is open, the core is asked for the account
/// of the number. Used on the gateway's loop.
final class SessionsByNumber {
    private var sessions: [E164: SMSSession] = [:]
    /// The ids that providers have given to messages.
    let sent = SentIDs()
    /// Counts the delivered parts of messages.
    let counts = PartReports()
    private var finder: AccountFinder?
    private let logger: Logger
    /// Puts the parts of long inbound texts together.
    private(set) lazy var parts = PartAssembly(eventLoop: eventLoop, logger: logger) { [weak self] number, none, use in
        guard let self else { return }
        withSession(of: number, for: .message, from: "", onAnswer: none, use: use)
    } any: { [weak self] in
        self?.sessions.values.first { !$0.isClosed }
    }
    private let eventLoop: any EventLoop
    /// Number of events for numbers without an account since the start.
    private(set) var unclaimed = 0
    /// The numbers about which the operator was warned, and the accounts for numbers that are none of ours.
    private var warned: Set<String> = []
    private static let mostWarned = 1_000

    init(eventLoop: any EventLoop, logger: Logger) {
        self.eventLoop = eventLoop
        self.logger = logger
    }

    /// Sets the finder of accounts. Before that, calls for numbers without a session are refused.
    func start(_ finder: AccountFinder) { self.finder = finder }

    /// Adds a session. Returns false if a live session has the number.
    func add(_ session: SMSSession) -> Bool {
        if let other = sessions[session.number], !other.isClosed { return false }
        sessions[session.number] = session
        return true
    }

    /// Asks any open session to keep a value on disk (`Adapter.recall`). Without an open session the value is lost.
    func keep(_ value: String, for key: String) {
        sessions.values.first { !$0.isClosed }?.keep(value, for: key) { _ in }
    }

    /// The kind of an event from a webhook.
    enum EventKind: String { case message, report }

    /// Calls `use` with the live session of a number. Otherwise `onAnswer` is called:
    ///
    /// * If no user has the number, a message is refused, so that the provider keeps it and offers it again. The log
    ///   warns the operator, who may give the number to a user.
    /// * If no user has the number, a report is dropped, and counts as stored. Its message is gone, and the provider
    ///   would repeat the report for ever.
    /// * If no user has the number, and the event tells a fact that counts all the same, the core gets the fact first.
    /// * If the core cannot tell whether a user has the number, the event is refused, so that the provider calls again.
    ///
    /// - Parameters:
    ///   - number: nil if the number is none of ours.
    ///   - account: the provider account that has called, for the log.
    ///   - kind: whether the event is a message or a report.
    ///   - fact: the fact that counts even if no user has the number.
    ///   - onAnswer: called once, unless `use` is called.
    func withSession(
        of number: E164?, for kind: EventKind, from account: String, fact: NetworkFact? = nil,
        onAnswer: @escaping (EventSink.StorageAnswer) -> Void, use: @escaping (SMSSession) -> Void
    ) {
        let none = { [self] in unclaimed(kind, number, account, fact, onAnswer) }
        guard let number else { return none() }
        if let session = live(number) { return use(session) }
        guard let finder else {
            return onAnswer(.refused(Self.starting))
        }
        finder.find(UniqueValue(SMSRules.numberKey, number.rawValue)) { [self] finding in
            switch finding {
            case .unknown(let failure): onAnswer(.refused(failure))
            case .nobody: none()
            case .open:
                if let session = live(number) { use(session) } else { none() }
            }
        }
    }

    private func live(_ number: E164) -> SMSSession? {
        guard let session = sessions[number] else { return nil }
        if !session.isClosed { return session }
        sessions[number] = nil
        return nil
    }

    private func unclaimed(
        _ kind: EventKind, _ number: E164?, _ account: String, _ fact: NetworkFact?,
        _ onAnswer: @escaping (EventSink.StorageAnswer) -> Void
    ) {
        unclaimed += 1
        var answer = EventSink.StorageAnswer.stored
        switch kind {
        case .report:
            logger.debug(
                "a report was dropped, because no user has its number",
                metadata: ["account": "\(account)", "number": "\(number?.redacted ?? "not ours")"])
        case .message:
            warn(number, account)
            answer = .refused(Failure(.notFound, "no user has this number"))
        }
        guard let fact else { return onAnswer(answer) }
        guard let finder else { return onAnswer(.refused(Self.starting)) }
        finder.note(fact) { stored in onAnswer(stored == .stored ? answer : stored) }
    }

    private static let starting = Failure(.remoteDown, "the gateway is starting")

    /// Warns the operator about a message that no user can get: once for each number, because the provider repeats the
    /// message.
    private func warn(_ number: E164?, _ account: String) {
        let key = number?.rawValue ?? "account " + account
        guard warned.count < Self.mostWarned, warned.insert(key).inserted else { return }
        let next =
            number == nil
            ? "add the number to the accounts of the configuration, or remove it at the provider"
            : "give the number to a user under sms.accounts.\(account).numbers"
        logger.warning(
            "a text message is refused, because no user has its number; the provider may offer it again",
            metadata: [
                "account": "\(account)", "number": "\(number?.redacted ?? "not ours")", "so-far": "\(unclaimed)",
                "next": "\(next)",
            ])
    }
}
