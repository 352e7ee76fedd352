import Basics
import Logging
import NIOCore

/// Chooses the log level of a failure. The operator sees the first failure of a kind, and not its repetitions.
struct FailureLog {
    /// The last failure at each address of the server.
    private var lastFailures: [Endpoint: LinkFailure] = [:]
    /// The address of the last opened link, if no failure was logged above debug since.
    private var lastOpened: Endpoint?
    /// When a failure was last logged above debug.
    private var lastTold: NIODeadline?
    /// The shortest time between two log lines about the same failure of a link that opens and breaks again and again.
    private static let pause = TimeAmount.minutes(1)

    /// The level for a failure: error if somebody has to act, warning if the failure may pass by itself, debug if the
    /// same failure was reported last for the same address. Bad XML is always a warning, because a user may be behind
    /// it. The same failure of a link that was open is logged above debug again after a minute.
    ///
    /// - Parameter wasOpen: whether the link was open before the failure.
    mutating func level(
        for failure: LinkFailure, at server: Endpoint, wasOpen: Bool, now: NIODeadline
    ) -> Logger.Level {
        guard failure != .closed else { return .info }
        let isDue = wasOpen && lastTold.map { now - $0 >= Self.pause } ?? true
        guard isDue || isNews(failure, at: server) else { return .debug }
        lastTold = now
        lastFailures[server] = failure
        lastOpened = nil
        if case .badXML = failure { return .warning }
        return failure.needsOperator ? .error : .warning
    }

    private func isNews(_ failure: LinkFailure, at server: Endpoint) -> Bool {
        if case .badXML = failure { return true }
        return failure != lastFailures[server]
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
