import Basics
import Logging

/// Chooses the log level of a failure. The operator sees the first failure of a kind, and not its repetitions.
struct FailureLog {
    /// The last failure at each address of the server.
    private var lastFailures: [Endpoint: LinkFailure] = [:]
    /// The address of the last opened link, if no failure was logged above debug since.
    private var lastOpened: Endpoint?

    /// The level for a failure: error if somebody has to act, warning if the failure may pass by itself, debug if the
    /// same failure was reported last for the same address. Bad XML is always a warning, because a user may be behind
    /// it.
    mutating func level(for failure: LinkFailure, at server: Endpoint) -> Logger.Level {
        guard failure != .closed else { return .info }
        if case .badXML = failure {
            lastFailures[server] = failure
            lastOpened = nil
            return .warning
        }
        guard failure != lastFailures[server] else { return .debug }
        lastFailures[server] = failure
        lastOpened = nil
        return failure.needsOperator ? .error : .warning
    }

    /// The level for an opened link: info the first time, at another address, and after a failure that was logged above
    /// debug; otherwise debug.
    mutating func levelForOpening(at server: Endpoint) -> Logger.Level {
        defer { lastOpened = server }
        return lastOpened == server ? .debug : .info
    }

    /// Makes the next failure count as new, whatever it is. Call it only when the link has been open for a while: a
    /// server that takes every handshake and then hangs up would otherwise fill the log.
    mutating func succeeded() { lastFailures = [:] }
}
