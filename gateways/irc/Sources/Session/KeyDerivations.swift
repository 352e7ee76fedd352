import DequeModule
import NIOCore

/// Derives the keys of logins (SCRAM) for all sessions of an adapter: one slice at a time, each session in turn.
///
/// A pause as long as the slice, but at least `leastPause`, follows each slice. In the pause the loop reads its sockets,
/// so other users wait for one slice at most. Without a pause the loop would run slice after slice before it reads.
final class KeyDerivations {
    static let leastPause = TimeAmount.milliseconds(1)

    private let loop: any EventLoop
    private var waiting: Deque<IRCSession> = []
    private var isScheduled = false

    init(_ loop: any EventLoop) { self.loop = loop }

    /// Adds a session. Calls its `deriveSlice` until it returns false.
    func add(_ session: IRCSession) {
        waiting.append(session)
        if !isScheduled { schedule(in: KeyDerivations.leastPause) }
    }

    private func schedule(in pause: TimeAmount) {
        isScheduled = true
        loop.assumeIsolated().scheduleTask(in: pause) { [self] in run() }
    }

    private func run() {
        isScheduled = false
        guard let session = waiting.popFirst() else { return }
        let begin = loop.now
        if session.deriveSlice() { waiting.append(session) }
        if !waiting.isEmpty, !isScheduled { schedule(in: max(loop.now - begin, KeyDerivations.leastPause)) }
    }
}
