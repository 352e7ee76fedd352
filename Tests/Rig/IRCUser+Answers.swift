import Synchronization

extension IRCUser {
    /// Lets the reading thread answer a PING through a socket that is made only after the thread.
    final class Answers: Sendable {
        private let socket = Mutex<LineSocket?>(nil)

        func speak(through made: LineSocket) { socket.withLock { $0 = made } }

        func send(_ line: String) { try? socket.withLock { $0 }?.send(line) }
    }
}
