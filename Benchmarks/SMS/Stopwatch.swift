/// Measures the time since its creation.
struct Stopwatch {
    private let clock = ContinuousClock()
    private let start: ContinuousClock.Instant

    init() { start = clock.now }

    /// Seconds since the start.
    var seconds: Double { (clock.now - start) / .seconds(1) }
}
