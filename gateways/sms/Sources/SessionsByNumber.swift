import GatewayKit
import Logging
import NIOCore

/// Which session has which number, on the gateway's loop: where webhook events find their account.
final class SessionsByNumber {
    /// How long after the start a number without a session is answered with "try again": sessions are still being
    /// opened. Later nobody has it, and asking the provider to call again would only make it call for ever.
    static let startingTime = TimeAmount.seconds(30)

    private var sessions: [E164: SMSSession] = [:]
    private let eventLoop: any EventLoop
    private let startedAt: NIODeadline
    private let logger: Logger
    /// Events that belonged to nobody, since the start.
    private(set) var unclaimed = 0

    init(eventLoop: any EventLoop, logger: Logger) {
        self.eventLoop = eventLoop
        self.logger = logger
        startedAt = eventLoop.now
    }

    /// False if a live session has the number.
    func add(_ session: SMSSession) -> Bool {
        if let other = sessions[session.number], !other.isClosed { return false }
        sessions[session.number] = session
        return true
    }

    /// The live session of a number; if there is none, `taken` is called.
    func session(of number: E164?, for what: String, taken: (EventSink.Taken) -> Void) -> SMSSession? {
        if let number, let session = sessions[number] {
            if !session.isClosed { return session }
            sessions[number] = nil
        }
        if number != nil, eventLoop.now - startedAt < Self.startingTime {
            taken(.refused(Failure(.remoteDown, "starting")))
            return nil
        }
        unclaimed += 1
        logger.warning(
            "nobody has this number; dropped",
            metadata: ["what": "\(what)", "number": "\(number?.redacted ?? "not ours")", "so-far": "\(unclaimed)"])
        taken(.stored)
        return nil
    }
}
