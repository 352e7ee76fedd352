/// Calls `probe` again and again until it returns a value. Use it only where no fence is possible, such as for a
/// daemon that starts. When `limit` is over, it throws an error with the text of `failure`.
package func poll<Value: Sendable>(
    isolation: isolated (any Actor)? = #isolation, _ what: String, within limit: Duration = .patience,
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
