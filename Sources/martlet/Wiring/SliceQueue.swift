import DequeModule
import NIOCore

/// Long work of the gateways on one event loop, done in slices that take turns: one for each look of the loop at its
/// sockets, whoever it is for.
final class SliceQueue {
    private let eventLoop: any EventLoop
    private var waiting: Deque<() -> Void> = []
    private var isNextPlanned = false

    private init(_ eventLoop: any EventLoop) { self.eventLoop = eventLoop }

    /// The one of an event loop. Make it once for each.
    static func make(on eventLoop: any EventLoop) async throws -> NIOLoopBound<SliceQueue> {
        try await eventLoop.submit { NIOLoopBound(SliceQueue(eventLoop), eventLoop: eventLoop) }.get()
    }

    /// `slice` is called when it is its turn; it may add the next one.
    func add(_ slice: @escaping () -> Void) {
        waiting.append(slice)
        planNext()
    }

    /// The loop looks at its sockets again only when no task is ready, and one with a time is ready when its time has
    /// come. So the time begins after the flush of what is sent now, which waits in line as a task, and there is one
    /// such task at a time: of two, one would always be ready when the other one ends.
    private func planNext() {
        guard !isNextPlanned, !waiting.isEmpty else { return }
        isNextPlanned = true
        eventLoop.assumeIsolated().execute { [self] in
            eventLoop.assumeIsolated().scheduleTask(in: .microseconds(50)) { [self] in takeNext() }
        }
    }

    private func takeNext() {
        isNextPlanned = false
        waiting.popFirst()?()
        planNext()
    }
}
