import DequeModule
import NIOCore

/// Bounds the time that work takes in a turn of an event loop, so that others are served in between.
///
/// Some work comes in crowds: thousands of connections begin, or break, at the same moment. The quota does each piece at
/// once until the pieces of this turn have used up the budget. The others wait for the next turns. Work of one kind is
/// done in its order, and each kind goes before the kinds that were added later. It lives on its event loop.
package final class LoopQuota {
    /// Work of one kind.
    package struct Lane {
        fileprivate let quota: LoopQuota
        fileprivate let index: Int

        /// Does a piece of work now or in a later turn.
        package func perform(_ work: @escaping () -> Void) {
            if quota.hasTime { quota.measure(work) } else { quota.waiting[index].append(work) }
            quota.planTurn()
        }
    }

    /// The shortest and the longest pause between two turns.
    private static let pauses = (shortest: TimeAmount.microseconds(200), longest: TimeAmount.milliseconds(10))

    private let loop: any EventLoop
    private let budget: TimeAmount
    private let now: () -> NIODeadline
    /// The work that waits in each lane.
    private var waiting: [Deque<() -> Void>] = []
    private var spent = TimeAmount.zero
    private var isTurnPlanned = false

    /// - Parameter budget: the time of one turn. The last piece of a turn can exceed it.
    package convenience init(_ loop: any EventLoop, budget: TimeAmount = .milliseconds(1)) {
        self.init(loop, budget: budget) { loop.now }
    }

    /// - Parameter now: the clock that measures the work.
    init(_ loop: any EventLoop, budget: TimeAmount, now: @escaping () -> NIODeadline) {
        self.loop = loop
        self.budget = budget
        self.now = now
    }

    /// Adds a lane for one more kind of work. It goes after the lanes that there are.
    package func lane() -> Lane {
        waiting.append([])
        return Lane(quota: self, index: waiting.count - 1)
    }

    /// Whether a piece of work may be done at once: nothing waits.
    private var hasTime: Bool { spent < budget && !hasWork }

    private var hasWork: Bool { waiting.contains { !$0.isEmpty } }

    private func measure(_ work: () -> Void) {
        let start = now()
        work()
        spent = spent + (now() - start)
    }

    /// Plans the next turn. The pause before it is as long as the work of this one so far: the loop reads from connections only
    /// when no task is due, and the tasks that this work has caused take a part of its time.
    private func planTurn() {
        guard !isTurnPlanned else { return }
        isTurnPlanned = true
        let pause = min(max(spent, Self.pauses.shortest), Self.pauses.longest)
        loop.assumeIsolated().scheduleTask(in: pause) { [self] in takeTurn() }
    }

    /// Does the work that waits, up to the budget.
    private func takeTurn() {
        isTurnPlanned = false
        spent = .zero
        while spent < budget, let work = takeWork() { measure(work) }
        if hasWork { planTurn() }
    }

    private func takeWork() -> (() -> Void)? {
        for lane in waiting.indices {
            guard let work = waiting[lane].popFirst() else { continue }
            if waiting[lane].isEmpty { waiting[lane] = [] }
            return work
        }
        return nil
    }
}
