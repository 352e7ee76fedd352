import NIOCore
import Synchronization

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// Passes the commands of other threads to the resolver's thread, in order, and wakes the thread.
final class LookUpInbox: Sendable {
    /// Called once with the result, on the resolver's thread. The addresses have port 0.
    typealias Answer = @Sendable (Result<[SocketAddress], DialError>) -> Void

    struct Job: Sendable {
        let id: UInt64
        let name: String
        let requester: Requester
        let answer: Answer
    }

    enum Command: Sendable {
        case add(Job)
        case cancel(UInt64)
    }

    private enum Phase { case unused, open, closing, closed }

    private struct State {
        var phase = Phase.unused
        var commands: [Command] = []
        var lastID: UInt64 = 0
        /// A pipe that wakes the thread, which polls the end for reading.
        var wakeUp: (read: CInt, write: CInt)?
        var ended: [@Sendable () -> Void] = []

        mutating func wake() {
            guard let wakeUp else { return }
            var byte: UInt8 = 1
            // If the pipe is full, this write fails, but then the thread wakes anyway.
            _ = write(wakeUp.write, &byte, 1)
        }
    }

    private let state = Mutex(State())

    /// Adds a look-up and returns its id. The first look-up calls `start`, which starts the thread.
    func add(_ name: String, for requester: Requester, start: () -> Void, _ answer: @escaping Answer) -> UInt64 {
        let (id, isFirst) = state.withLock { state -> (UInt64?, Bool) in
            guard state.phase == .unused || state.phase == .open else { return (nil, false) }
            let isFirst = state.phase == .unused
            state.phase = .open
            state.lastID += 1
            state.commands.append(.add(Job(id: state.lastID, name: name, requester: requester, answer: answer)))
            state.wake()
            return (state.lastID, isFirst)
        }
        guard let id else {
            answer(.failure(.lookUpFailed(host: name, .cancelled)))
            return 0
        }
        if isFirst { start() }
        return id
    }

    /// Cancels a look-up: it is answered with `.cancelled` unless it has been answered.
    func cancel(_ id: UInt64) {
        state.withLock { state in
            guard state.phase == .open else { return }
            state.commands.append(.cancel(id))
            state.wake()
        }
    }

    /// Ends the thread. `ended` is called when the thread has ended.
    func close(_ ended: @escaping @Sendable () -> Void) {
        let isOver = state.withLock { state in
            if state.phase == .unused { state.phase = .closed }
            guard state.phase != .closed else { return true }
            state.phase = .closing
            state.ended.append(ended)
            state.wake()
            return false
        }
        if isOver { ended() }
    }

    /// Called by the thread: makes the pipe and returns the end to poll; nil if this process cannot open more files.
    func open() -> CInt? {
        var ends: [CInt] = [-1, -1]
        guard pipe(&ends) == 0 else { return nil }
        for end in ends {
            _ = fcntl(end, F_SETFL, fcntl(end, F_GETFL) | O_NONBLOCK)
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
        }
        let (read, write) = (ends[0], ends[1])
        state.withLock { $0.wakeUp = (read, write) }
        return read
    }

    /// Called by the thread: the commands since the last call, and whether to end.
    func drain() -> (commands: [Command], isClosing: Bool) {
        state.withLock { state in
            if let wakeUp = state.wakeUp {
                var bytes = [UInt8](repeating: 0, count: 256)
                while read(wakeUp.read, &bytes, bytes.count) == bytes.count {}
            }
            defer { state.commands = [] }
            return (state.commands, state.phase != .open)
        }
    }

    /// Called by the thread when it ends: nobody wakes it after this call. Returns the callbacks that wait for the
    /// end.
    func closed() -> [@Sendable () -> Void] {
        state.withLock { state in
            state.phase = .closed
            if let wakeUp = state.wakeUp {
                _ = Self.closeFile(wakeUp.read)
                _ = Self.closeFile(wakeUp.write)
            }
            state.wakeUp = nil
            defer { state.ended = [] }
            return state.ended
        }
    }

    private static func closeFile(_ file: CInt) -> CInt {
        #if canImport(Darwin)
            Darwin.close(file)
        #else
            Glibc.close(file)
        #endif
    }
}
