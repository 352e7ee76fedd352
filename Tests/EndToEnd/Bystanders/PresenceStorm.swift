import ServerRig
import Testing

extension Bystanders {
    @Test(
        "presences of a user with five thousand contacts do not delay pings of others by more than a second",
        arguments: [Plan.Home.prosody, .ejabberd])
    func presenceStorm(home: Plan.Home) async throws {
        var plan = Plan(networks: [.ngircd])
        plan.home = home
        try await Stage.with(plan) { deployment in
            let eve = try await deployment.user("eve")
            // Bea has a client program of her own, because the other program is busy with the stanzas for Eve.
            let program = try await XMPPDriver(in: deployment.folder)
            let bea = XMPPUser(try await deployment.home.addAccount("bea"), resource: "desk", driver: program)
            try await bea.connect()
            await deployment.martlet.daemon.stop()
            try deployment.seed.addContacts(5_000, of: eve.account.jid, on: deployment.irc) { "friend\($0)%village" }
            try await deployment.startMartlet()

            for _ in 0..<40 { try eve.send("<presence to='\(deployment.irc)'/>") }
            #expect(try await bea.slowestPing(of: deployment.irc, among: 20) < .seconds(1))
            await program.stop()
            try await eve.expect("the presence of the gateway", within: .patience) {
                $0.name == "presence" && $0.from == deployment.irc + "/irc" && $0.type.isEmpty
            }
        }
    }
}
