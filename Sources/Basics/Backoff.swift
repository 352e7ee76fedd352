/// Growing waits between attempts, with jitter so that many clients of a restarted server do not return at once.
///
/// A value: the caller owns the clock and the randomness.
package struct Backoff: Sendable {
    private let first: Duration
    private let ceiling: Duration
    private let factor: Double
    private let jitter: Double
    private var step = 0

    /// - Parameters:
    ///   - first: the first wait before jitter.
    ///   - ceiling: the longest wait.
    ///   - factor: how much longer each wait is than the wait before; at least 1.
    ///   - jitter: from 0 to 1. A wait of `d` is drawn evenly from `(1 − jitter)·d … d`.
    package init(
        first: Duration = .seconds(1), ceiling: Duration = .seconds(300), factor: Double = 2, jitter: Double = 0.5
    ) {
        self.first = max(first, .zero)
        self.ceiling = max(ceiling, .zero)
        self.factor = max(factor, 1)
        self.jitter = min(max(jitter, 0), 1)
    }

    /// The wait before the next attempt, with jitter. Each call lengthens the wait that the next call returns.
    package mutating func next(random: inout some RandomNumberGenerator) -> Duration {
        let wait = wait(afterFailures: step)
        if wait < ceiling { step += 1 }
        let share = jitter > 0 ? Double.random(in: (1 - jitter)...1, using: &random) : 1
        return wait * share
    }

    /// The wait without jitter, for callers that count failures themselves. `count` does not include the first failure
    /// in a row: 0 gives the first wait.
    package func wait(afterFailures count: Int) -> Duration {
        var wait = first
        for _ in 0..<max(count, 0) {
            if wait >= ceiling { break }
            wait = wait * factor
        }
        return min(wait, ceiling)
    }

    /// Starts over with the first wait. Call it after a success.
    package mutating func reset() { step = 0 }
}
