import Synchronization

/// The commands of other threads to the loop, in order. It also tracks whether the loop runs, is closing, or has ended.
final class CurlInbox: Sendable {
    enum Command {
        case add(CurlJob)
        case cancel(UInt64)
    }

    private enum Phase { case open, closing, closed }

    private struct State {
        var phase = Phase.open
        /// Wakes the loop; nil until the loop has its multi handle.
        var waker: CurlMulti?
        var commands: [Command] = []
        /// The number of requests that have no answer yet.
        var open = 0
        var lastID: UInt64 = 0
        var ended: [@Sendable () -> Void] = []

        mutating func append(_ command: Command) {
            if commands.isEmpty { waker?.wake() }
            commands.append(command)
        }
    }

    private let limit: Int
    private let state = Mutex(State())

    /// - Parameter limit: the largest number of open requests.
    init(limit: Int) { self.limit = limit }

    func add(
        _ request: HTTPRequest, _ done: @escaping @Sendable (Result<HTTPResponse, HTTPFailure>) -> Void
    ) -> HTTPTransferID {
        let (id, refused): (UInt64, HTTPFailureReason?) = state.withLock { state in
            guard state.phase == .open else { return (0, .shutDown) }
            guard state.open < limit else { return (0, .overloaded) }
            state.open += 1
            state.lastID += 1
            state.append(.add(CurlJob(id: state.lastID, request: request, done: done, since: .now)))
            return (state.lastID, nil)
        }
        if let refused { done(.failure(.notSent(refused))) }
        return HTTPTransferID(rawValue: id)
    }

    /// Queues the cancelling of a request. A request is queued before its id is given out, so its cancelling never
    /// overtakes it.
    func cancel(_ id: HTTPTransferID) {
        state.withLock { state in
            if state.phase == .open { state.append(.cancel(id.rawValue)) }
        }
    }

    func close(_ ended: (@Sendable () -> Void)?) {
        let isOver = state.withLock { state in
            guard state.phase != .closed else { return true }
            state.phase = .closing
            if let ended { state.ended.append(ended) }
            state.waker?.wake()
            return false
        }
        if isOver { ended?() }
    }

    /// Called by the loop: sets the handle by which other threads wake the loop. The loop drains the inbox afterwards.
    func attach(_ waker: CurlMulti) { state.withLock { $0.waker = waker } }

    /// Called by the loop: returns the commands since the last call, and whether the loop must end.
    func drain() -> (commands: [Command], isClosing: Bool) {
        state.withLock { state in
            defer { state.commands.removeAll(keepingCapacity: true) }
            return (state.commands, state.phase != .open)
        }
    }

    /// Called by the loop: notes that one request has its answer.
    func answered() { state.withLock { $0.open -= 1 } }

    /// Called by the loop when it ends: nobody wakes it after this call. Returns the callbacks that wait for the end.
    func closed() -> [@Sendable () -> Void] {
        state.withLock { state in
            state.phase = .closed
            state.waker = nil
            defer { state.ended = [] }
            return state.ended
        }
    }
}

/// A request that waits for a transfer.
struct CurlJob: Sendable {
    let id: UInt64
    let request: HTTPRequest
    let done: @Sendable (Result<HTTPResponse, HTTPFailure>) -> Void
    let since: ContinuousClock.Instant
}
