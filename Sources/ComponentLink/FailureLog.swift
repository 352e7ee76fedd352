import Logging

/// Chooses how loud a failure is: the first of its kind is for the operator, its repetitions are not.
struct FailureLog {
    private var last: LinkFailure?
    private var isOpeningKnown = false

    /// The level for a failure: error where somebody has to act, warning where it may pass, debug if it is the one
    /// that was reported last. Bad XML is told each time: a user may be behind it.
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

    /// The level for an opened link: news after a failure that was news.
    mutating func levelForOpening() -> Logger.Level {
        defer { isOpeningKnown = true }
        return isOpeningKnown ? .debug : .info
    }

    /// The next failure is news again, whatever it is. Call it when the link has been open for a while: a server that
    /// takes every handshake and then hangs up would fill the log.
    mutating func succeeded() { last = nil }
}
