import ServerRig
import Testing

extension Streams {
    @Test(
        "Prosody and ejabberd have no STARTTLS for components, so a gateway that requires it says so and stays away",
        arguments: [Plan.Home.prosody, .ejabberd])
    func noStartTLS(home: Plan.Home) async throws {
        var plan = Plan(networks: [.ngircd])
        plan.home = home
        plan.streamKeys = ["tls: {mode: required}"]
        plan.isLogQuiet = true
        let deployment = try await Deployment(plan)

        try await deployment.martlet.daemon.start()
        let line = try await deployment.martlet.awaitLog("irc.example.org", "does not begin TLS")

        #expect(line.contains("gateways.irc.example.org.tls.mode"))
        #expect(await deployment.martlet.daemon.end == nil)
        #expect(!deployment.martlet.log.contains("connected"))
        await deployment.stop()
    }
}
