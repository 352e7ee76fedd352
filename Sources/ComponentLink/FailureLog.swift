import Logging

/// Chooses the log level of a failure. The operator sees the first failure of a kind, and not its repetitions.
struct FailureLog {
    private var last: LinkFailure?
    private var isOpeningKnown = false

    /// The level for a failure: error if somebody has to act, warning if the failure may pass by itself, debug if the
    /// same failure was reported last. Bad XML is always a warning, because a user may be behind it.
    mutating func level(for failure: LinkFailure) -> Logger.Level {
        guard failure != .closed else { return .info }
        if case .badXML = failure {
            last = failure
            isOpeningKnown = false
            return .warning
        }
        guard failure != last else { return .debug }
        last = failure
        isOpeningKnown = false
        return failure.needsOperator ? .error : .warning
    }

    /// The level for an opened link: info the first time, and after a failure that was logged above debug; otherwise
    /// debug.
    mutating func levelForOpening() -> Logger.Level {
        defer { isOpeningKnown = true }
        return isOpeningKnown ? .debug : .info
    }

    /// Makes the next failure count as new, whatever it is. Call it only when the link has been open for a while: a
    /// server that takes every handshake and then hangs up would otherwise fill the log.
    mutating func succeeded() { last = nil }
}
