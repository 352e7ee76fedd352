import Logging

/// Chooses how loud a failure is: the first of its kind is for the operator, its repetitions are not.
struct FailureLog {
    private var last: LinkFailure?

    /// The level for a failure: error where somebody has to act, warning where it may pass, debug if it is the one
    /// that was reported last.
    mutating func level(for failure: LinkFailure) -> Logger.Level {
        guard failure != .closed else { return .info }
        guard failure != last else { return .debug }
        last = failure
        return failure.needsOperator ? .error : .warning
    }

    /// The next failure is news again, whatever it is. Call it when the link has opened.
    mutating func succeeded() { last = nil }
}
