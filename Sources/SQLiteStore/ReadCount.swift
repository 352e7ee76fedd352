/// Counts the reads under way, so that there are not too many of them and closing waits for them.
struct ReadCount: Sendable {
    /// What became of an attempt to begin a read.
    enum Admission { case admitted, full, closed }

    private let limit: Int
    private var count = 0
    private var isClosed = false
    /// Called when the last read has ended after closing.
    private var whenIdle: [@Sendable () -> Void] = []

    init(limit: Int) { self.limit = limit }

    mutating func begin() -> Admission {
        if isClosed { return .closed }
        if count >= limit { return .full }
        count += 1
        return .admitted
    }

    /// Ends a read; the caller runs the work that comes back, outside of any lock.
    mutating func end() -> (@Sendable () -> Void)? {
        count -= 1
        guard count == 0, !whenIdle.isEmpty else { return nil }
        let work = whenIdle
        whenIdle = []
        return { work.forEach { $0() } }
    }

    /// Admits nothing from now on. True if no read is under way; otherwise the work is handed out by the `end` of the
    /// last one.
    mutating func close(_ whenIdle: @escaping @Sendable () -> Void) -> Bool {
        isClosed = true
        if count > 0 { self.whenIdle.append(whenIdle) }
        return count == 0
    }
}
