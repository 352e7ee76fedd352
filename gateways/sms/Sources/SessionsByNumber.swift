import GatewayKit
import Logging
import NIOCore

/// Finds the session of a number for the events of webhooks. If no session is open, the core is asked for the account
/// of the number. Used on the gateway's loop.
final class SessionsByNumber {
    private var sessions: [E164: SMSSession] = [:]
    /// The ids that providers have given to messages.
    let sent = SentIDs()
    private var finder: AccountFinder?
    private let logger: Logger
    /// Number of events for numbers without an account since the start.
    private(set) var unclaimed = 0

    init(logger: Logger) { self.logger = logger }

    /// Sets the finder of accounts. Before that, calls for numbers without a session are refused.
    func start(_ finder: AccountFinder) { self.finder = finder }

    /// Adds a session. Returns false if a live session has the number.
    func add(_ session: SMSSession) -> Bool {
        if let other = sessions[session.number], !other.isClosed { return false }
        sessions[session.number] = session
        return true
    }

    /// Calls `use` with the live session of a number. If no account has the number, the event is dropped and counts as
    /// stored, because the provider would call for ever. If the core cannot tell, the event is refused, so that the
    /// provider calls again.
    ///
    /// - Parameters:
    ///   - number: nil if the number is none of ours.
    ///   - what: the kind of the event, for the log.
    ///   - onAnswer: called with the answer unless `use` is called.
    func withSession(
        of number: E164?, for what: String, onAnswer: @escaping (EventSink.StorageAnswer) -> Void,
        use: @escaping (SMSSession) -> Void
    ) {
        guard let number else { return drop(what, nil, onAnswer) }
        if let session = live(number) { return use(session) }
        guard let finder else {
            return onAnswer(.refused(Failure(.remoteDown, "the gateway is starting")))
        }
        finder.find(UniqueValue(SMSRules.numberKey, number.rawValue)) { [self] finding in
            switch finding {
            case .unknown(let failure): onAnswer(.refused(failure))
            case .nobody: drop(what, number, onAnswer)
            case .open:
                if let session = live(number) { use(session) } else { drop(what, number, onAnswer) }
            }
        }
    }

    private func live(_ number: E164) -> SMSSession? {
        guard let session = sessions[number] else { return nil }
        if !session.isClosed { return session }
        sessions[number] = nil
        return nil
    }

    private func drop(_ what: String, _ number: E164?, _ onAnswer: (EventSink.StorageAnswer) -> Void) {
        unclaimed += 1
        logger.warning(
            "a call was dropped, because no user has its number",
            metadata: ["event": "\(what)", "number": "\(number?.redacted ?? "not ours")", "so-far": "\(unclaimed)"])
        onAnswer(.stored)
    }
}
