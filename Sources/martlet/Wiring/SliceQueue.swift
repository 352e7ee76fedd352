import DequeModule
import NIOCore

/// Runs long work of the gateways on one event loop, in slices. The slices of all gateways take turns. The loop runs
/// one slice each time after it has polled its sockets.
final class SliceQueue {
    private let eventLoop: any EventLoop
    private var waiting: Deque<() -> Void> = []
    private var isNextPlanned = false

    private init(_ eventLoop: any EventLoop) { self.eventLoop = eventLoop }

    /// Creates the queue of an event loop. Call it once for each loop.
    static func make(on eventLoop: any EventLoop) async throws -> NIOLoopBound<SliceQueue> {
        try await eventLoop.submit { NIOLoopBound(SliceQueue(eventLoop), eventLoop: eventLoop) }.get()
    }

    /// Adds a slice. The queue calls it when its turn comes. The slice may add the next slice.
    func add(_ slice: @escaping () -> Void) {
        waiting.append(slice)
        scheduleNextSlice()
    }

    /// Plans the next slice so that the loop polls its sockets first. The loop polls only when no task is ready, and a
    /// timed task is ready when its time has come. So the timed task is created in a task that runs after the flush of
    /// the present output. There is only one timed task at a time: with two, one would always be ready when the other
    /// ends.
    private func scheduleNextSlice() {
        guard !isNextPlanned, !waiting.isEmpty else { return }
        isNextPlanned = true
        eventLoop.assumeIsolated().execute { [self] in
            eventLoop.assumeIsolated().scheduleTask(in: .microseconds(50)) { [self] in runNextSlice() }
        }
    }

    private func runNextSlice() {
        isNextPlanned = false
        waiting.popFirst()?()
        scheduleNextSlice()
    }
}
