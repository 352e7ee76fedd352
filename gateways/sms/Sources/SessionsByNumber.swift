import GatewayKit
import Logging
import NIOCore

/// Finds the session of a number for the events of webhooks. Used on the gateway's loop.
final class SessionsByNumber {
    /// The time after the start in which sessions are still being opened. During it, a call for a number without a
    /// session is refused, so that the provider calls again. After it, such a call is accepted and dropped, because no
    /// user has the number, and the provider would call for ever.
    static let startingTime = TimeAmount.seconds(30)

    private var sessions: [E164: SMSSession] = [:]
    private let eventLoop: any EventLoop
    private let startedAt: NIODeadline
    private let logger: Logger
    /// Number of events for numbers without a session since the start.
    private(set) var unclaimed = 0

    init(eventLoop: any EventLoop, logger: Logger) {
        self.eventLoop = eventLoop
        self.logger = logger
        startedAt = eventLoop.now
    }

    /// Adds a session. Returns false if a live session has the number.
    func add(_ session: SMSSession) -> Bool {
        if let other = sessions[session.number], !other.isClosed { return false }
        sessions[session.number] = session
        return true
    }

    /// The live session of a number. If there is none, `onAnswer` is called with the answer.
    func session(of number: E164?, for what: String, onAnswer: (EventSink.StorageAnswer) -> Void) -> SMSSession? {
        if let number, let session = sessions[number] {
            if !session.isClosed { return session }
            sessions[number] = nil
        }
        if number != nil, eventLoop.now - startedAt < Self.startingTime {
            onAnswer(.refused(Failure(.remoteDown, "the gateway is starting")))
            return nil
        }
        unclaimed += 1
        logger.warning(
            "a call was dropped, because no user has its number",
            metadata: ["what": "\(what)", "number": "\(number?.redacted ?? "not ours")", "so-far": "\(unclaimed)"])
        onAnswer(.stored)
        return nil
    }
}
