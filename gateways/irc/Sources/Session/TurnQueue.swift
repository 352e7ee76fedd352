import NIOCore

/// The sessions of an adapter that have something to write when this turn of the loop is over: one task of the loop for
/// all of them, not one for each.
final class TurnQueue {
    private let loop: any EventLoop
    private var waiting: [IRCSession] = []

    init(_ loop: any EventLoop) { self.loop = loop }

    /// `session.takeTurn()` is called before long. Once for each call.
    func add(_ session: IRCSession) {
        waiting.append(session)
        if waiting.count == 1 { loop.assumeIsolated().execute { [self] in run() } }
    }

    private func run() {
        let sessions = waiting
        // What a session adds from now on belongs to the next turn.
        waiting = []
        for session in sessions { session.takeTurn() }
    }
}
