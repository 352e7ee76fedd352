import NIOCore

/// The bounds of the time that the goodbyes of a stopping gateway may take.
struct GoodbyeTiming: Sendable {
    /// The time between two checks of the progress. Each check writes a log line.
    var look = TimeAmount.seconds(5)
    /// The number of consecutive checks without progress after which the goodbyes end.
    var mostIdleLooks = 2
    /// The maximum time for all goodbyes. The stream may take two more seconds to close, and systemd kills a service 90
    /// seconds after the stop signal.
    var most = TimeAmount.seconds(75)
}

/// Decides whether the goodbyes go on. They go on while further contacts are told, up to a time limit.
struct GoodbyeWatch: Sendable {
    let timing: GoodbyeTiming
    private let deadline: NIODeadline
    private var told = 0
    private var idleLooks = 0

    init(_ timing: GoodbyeTiming, now: NIODeadline) {
        self.timing = timing
        deadline = now + timing.most
    }

    /// Whether the goodbyes go on. Call it once for each check.
    ///
    /// - Parameter now: the number of contacts that have been told so far.
    mutating func goesOn(told now: Int, now time: NIODeadline) -> Bool {
        idleLooks = now > told ? 0 : idleLooks + 1
        told = now
        return idleLooks < timing.mostIdleLooks && time < deadline
    }
}
