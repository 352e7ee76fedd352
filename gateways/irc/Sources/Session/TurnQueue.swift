import NIOCore

/// Runs `takeTurn` of sessions that have something to write after the current turn of the event loop. All sessions of
/// an adapter share one task of the loop.
final class TurnQueue {
    private let loop: any EventLoop
    private var waiting: [IRCSession] = []

    init(_ loop: any EventLoop) { self.loop = loop }

    /// Schedules one call of `session.takeTurn()`. Adding a session twice makes two calls.
    func add(_ session: IRCSession) {
        waiting.append(session)
        if waiting.count == 1 { loop.assumeIsolated().execute { [self] in run() } }
    }

    private func run() {
        let sessions = waiting
        // Sessions that are added during these calls belong to the next turn.
        waiting = []
        for session in sessions { session.takeTurn() }
    }
}
