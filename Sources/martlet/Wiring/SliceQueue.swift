import DequeModule
import NIOCore

/// Long work of the gateways on one event loop, done in slices. The slices of all gateways take turns: the loop does
/// one slice each time it has looked at its sockets.
final class SliceQueue {
    private let eventLoop: any EventLoop
    private var waiting: Deque<() -> Void> = []
    private var isNextPlanned = false

    private init(_ eventLoop: any EventLoop) { self.eventLoop = eventLoop }

    /// Makes the queue of an event loop. Call it once for each loop.
    static func make(on eventLoop: any EventLoop) async throws -> NIOLoopBound<SliceQueue> {
        try await eventLoop.submit { NIOLoopBound(SliceQueue(eventLoop), eventLoop: eventLoop) }.get()
    }

    /// Adds a slice, which is called when its turn comes. The slice may add the next one.
    func add(_ slice: @escaping () -> Void) {
        waiting.append(slice)
        planNext()
    }

    /// Plans the next slice so that the loop looks at its sockets first. The loop does that only when no task is
    /// ready, and a timed task is ready when its time has come. So the timed task is made in a task behind the flush
    /// of the present output, and there is only one timed task at a time: of two, one would always be ready when the
    /// other ends.
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
