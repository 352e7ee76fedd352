import ServerRig

extension XMPPUser {
    /// Pings an entity `count` times, and returns the time of the slowest answer.
    func slowestPing(of entity: String, among count: Int) async throws -> Duration {
        var slowest = Duration.zero
        for _ in 0..<count {
            let start = ContinuousClock.now
            try await query("get", to: entity, "<ping xmlns='urn:xmpp:ping'/>")
            slowest = max(slowest, ContinuousClock.now - start)
        }
        return slowest
    }
}
