import ServerRig
import Testing

extension Patience {
    @Test("the connection to a server that does not answer the handshake is closed, and tried again")
    func silentHandshake() async throws {
        var plan = Plan(networks: [.ngircd])
        plan.hasFaults = true
        let deployment = try await Deployment(plan)
        let rule = try deployment.faults.stream.arm(.stall, at: .before("<handshake", .inward))
        try await deployment.martlet.daemon.start()
        try await rule.struck()

        try await deployment.martlet.awaitLog("did not answer the handshake", within: .patience)
        try await deployment.awaitGateways()
        await deployment.stop()
    }
}
