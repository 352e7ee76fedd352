/// Looks again and again until `probe` gives a value: only for what offers no fence of its own, such as a daemon
/// that comes up. `failure` is asked for more words when the time is over.
package func poll<Value: Sendable>(
    isolation: isolated (any Actor)? = #isolation, _ what: String, within limit: Duration = .seconds(20),
    every pause: Duration = .milliseconds(10),
    failure: () -> String = { "" }, until probe: () async throws -> Value?
) async throws -> Value {
    let clock = ContinuousClock()
    let end = clock.now + limit
    while true {
        if let value = try await probe() { return value }
        guard clock.now < end else { throw RigFailure("awaited \(what) for \(limit.words)\n\(failure())") }
        try await clock.sleep(for: pause)
    }
}
