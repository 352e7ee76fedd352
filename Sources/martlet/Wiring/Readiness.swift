import Operations
import Synchronization

/// Tells the service manager that the program is ready, in the right order: not before the start is complete, even if
/// the configuration is read again meanwhile.
final class Readiness: Sendable {
    private let socket: NotifySocket
    private let isStarted = Mutex(false)

    init(_ socket: NotifySocket) { self.socket = socket }

    /// Reports that every part works or has said why it does not. Only the first call counts.
    func started(_ status: String) {
        isStarted.withLock { isStarted in
            guard !isStarted else { return socket.send(.status(status)) }
            isStarted = true
            socket.send(.ready, .status(status))
        }
    }

    /// Reports that the configuration is being read again. Before the end of the start it reports nothing, because the
    /// service manager waits for `READY=1` then and would take that of the reload for it.
    func reloading(microseconds: UInt64) {
        isStarted.withLock { isStarted in if isStarted { socket.send(.reloading(microseconds: microseconds)) } }
    }

    /// Reports that the configuration has been read again.
    func reloaded() { isStarted.withLock { isStarted in if isStarted { socket.send(.ready) } } }

    func stopping() { socket.send(.stopping) }

    func status(_ words: String) { socket.send(.status(words)) }

    func alive() { socket.send(.alive) }

    /// The pause between two calls of `alive`; nil if the service manager awaits none.
    var pauseBetweenSigns: Duration? { socket.pauseBetweenSigns }
}
