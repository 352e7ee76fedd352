import ServerRig
import Testing

extension Continuity {
    @Test("a wrong component secret is reported in the log, and Martlet tries again until it is correct")
    func wrongSecret() async throws {
        let deployment = try await Deployment(Plan(networks: [.ngircd]))
        // Prosody has read the old secret, and Martlet will read the new one.
        try deployment.replaceSecret(of: "irc")

        try await deployment.martlet.daemon.start()
        let line = try await deployment.martlet.awaitLog("irc.example.org", "secret")
        #expect(line.contains("gateways.irc.example.org.secret"))
        #expect(await deployment.martlet.daemon.end == nil)

        try await deployment.home.daemon.restart()
        try await deployment.awaitGateways()
        await deployment.stop()
    }
}
