/// Counts the reads under way. It limits their number, and lets `close` wait for them.
struct ReadCount: Sendable {
    /// The result of `begin`.
    enum Admission { case admitted, full, closed }

    private let limit: Int
    private var count = 0
    private var isClosed = false
    /// Work for when the last read has ended after `close`.
    private var whenIdle: [@Sendable () -> Void] = []

    init(limit: Int) { self.limit = limit }

    /// Begins a read, if the store is open and there are not too many reads. After `admitted`, call `end` once.
    mutating func begin() -> Admission {
        if isClosed { return .closed }
        if count >= limit { return .full }
        count += 1
        return .admitted
    }

    /// Ends a read. Returns work if this was the last read after `close`. The caller runs the work without holding a
    /// lock.
    mutating func end() -> (@Sendable () -> Void)? {
        count -= 1
        guard count == 0, !whenIdle.isEmpty else { return nil }
        let work = whenIdle
        whenIdle = []
        return { work.forEach { $0() } }
    }

    /// Admits no read from now on. Returns true if no read is under way; then the caller goes on itself. Otherwise the
    /// `end` of the last read returns `whenIdle`.
    mutating func close(_ whenIdle: @escaping @Sendable () -> Void) -> Bool {
        isClosed = true
        if count > 0 { self.whenIdle.append(whenIdle) }
        return count == 0
    }
}
