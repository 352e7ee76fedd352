import NIOCore

/// Spreads work that many sessions of an adapter have at the same time: each piece of it gets a time of its own. A
/// session waits for its time, and need not ask again. Runs on the gateway's event loop.
final class SharedPace {
    private let each: TimeAmount
    private let burst: TimeAmount
    /// When all the work would be done that has a time, if none of it came at once.
    private var end = NIODeadline.uptimeNanoseconds(0)

    /// - Parameters:
    ///   - each: the time for one unit of work.
    ///   - burst: the number of units that may be done at once. One piece of work must not have more.
    init(each: TimeAmount, burst: Int) {
        self.each = each
        self.burst = each * burst
    }

    /// Returns the time for a piece of work; `now` if it may be done at once.
    func reserve(_ units: Int, now: NIODeadline) -> NIODeadline {
        end = max(end, now) + each * units
        return max(end - burst, now)
    }
}
