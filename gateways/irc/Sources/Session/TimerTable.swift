import NIOCore

/// An object with a timer in a `TimerTable`.
protocol TimerOwner: AnyObject {
    /// The place of the timer in the table; nil without a timer. Only the table sets it.
    var timerSlot: Int? { get set }

    /// Called at the deadline. The timer is gone then.
    func timerEnded()
}

/// The timers of all sessions of an adapter, behind one task of the event loop. Each session has at most one.
///
/// NIO looks through all scheduled tasks to cancel one, and most messages change their session's deadline. So with
/// thousands of sessions, timers of NIO's would cost more than the messages. Here a change takes as many steps as the
/// number of sessions has binary digits.
final class TimerTable<Owner: TimerOwner> {
    /// A place in the tree of deadlines.
    private struct Entry {
        let deadline: NIODeadline
        let slot: Int
    }

    private struct Slot {
        /// Nil if the slot is free.
        var owner: Owner?
        /// The index of the slot's entry.
        var entry = 0
    }

    /// The number of timers that end in one turn of the loop. Then others are served.
    static var mostInTurn: Int { 64 }

    private let loop: any EventLoop
    /// A binary heap: no entry is later than those at twice its index plus one and plus two.
    private var entries: [Entry] = []
    private var slots: [Slot] = []
    private var free: [Int] = []
    /// The task that ends the timers whose deadlines have passed, and when it runs.
    private var task: (at: NIODeadline, scheduled: Scheduled<Void>)?
    private var isWaking = false

    init(_ loop: any EventLoop) { self.loop = loop }

    /// The number of timers. For tests.
    var count: Int { entries.count }

    /// Sets a timer, or moves it.
    func set(_ owner: Owner, at deadline: NIODeadline) {
        if let slot = owner.timerSlot {
            replace(slots[slot].entry, by: Entry(deadline: deadline, slot: slot))
        } else {
            let slot = takeSlot(for: owner)
            owner.timerSlot = slot
            entries.append(Entry(deadline: deadline, slot: slot))
            rise(from: entries.count - 1)
        }
        plan()
    }

    /// When the timer ends. Nil if there is none.
    func deadline(of owner: Owner) -> NIODeadline? {
        owner.timerSlot.map { entries[slots[$0].entry].deadline }
    }

    /// Removes the timer. Does nothing if there is none.
    func cancel(_ owner: Owner) {
        guard let slot = owner.timerSlot else { return }
        owner.timerSlot = nil
        let index = slots[slot].entry
        slots[slot].owner = nil
        free.append(slot)
        let last = entries.removeLast()
        if index < entries.count { replace(index, by: last) }
    }

    private func takeSlot(for owner: Owner) -> Int {
        guard let slot = free.popLast() else {
            slots.append(Slot(owner: owner))
            return slots.count - 1
        }
        slots[slot].owner = owner
        return slot
    }

    /// Schedules the task for the first deadline, unless it runs early enough.
    ///
    /// - Parameter earliest: when the task may run.
    private func plan(notBefore earliest: NIODeadline = .uptimeNanoseconds(0)) {
        guard !isWaking, let first = entries.first?.deadline else { return }
        let deadline = max(first, earliest)
        if let task {
            guard deadline < task.at else { return }
            task.scheduled.cancel()
        }
        task = (deadline, loop.assumeIsolated().scheduleTask(deadline: deadline) { [self] in wake() })
    }

    /// Ends the timers that are due. The next turn comes after a pause of the same length: the loop reads from
    /// connections only when no task is due.
    private func wake() {
        task = nil
        let start = loop.now
        isWaking = true
        for _ in 0..<Self.mostInTurn { wakeNext(start) }
        isWaking = false
        let end = loop.now
        plan(notBefore: end + max(end - start, .microseconds(50)))
    }

    private func wakeNext(_ now: NIODeadline) {
        guard let first = entries.first, first.deadline <= now, let owner = slots[first.slot].owner else { return }
        cancel(owner)
        owner.timerEnded()
    }

    // MARK: The heap

    private func replace(_ index: Int, by entry: Entry) {
        let isEarlier = entry.deadline < entries[index].deadline
        entries[index] = entry
        if isEarlier { rise(from: index) } else { sink(from: index) }
    }

    private func rise(from start: Int) {
        let entry = entries[start]
        var index = start
        while index > 0, case let parent = (index - 1) / 2, entry.deadline < entries[parent].deadline {
            put(entries[parent], at: index)
            index = parent
        }
        put(entry, at: index)
    }

    private func sink(from start: Int) {
        let entry = entries[start]
        var index = start
        while let child = earlierChild(of: index), entries[child].deadline < entry.deadline {
            put(entries[child], at: index)
            index = child
        }
        put(entry, at: index)
    }

    private func earlierChild(of index: Int) -> Int? {
        let child = 2 * index + 1
        guard child < entries.count else { return nil }
        let other = child + 1
        return other < entries.count && entries[other].deadline < entries[child].deadline ? other : child
    }

    private func put(_ entry: Entry, at index: Int) {
        entries[index] = entry
        slots[entry.slot].entry = index
    }
}
