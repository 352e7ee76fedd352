import ServerRig
import Testing

extension Bystanders {
    @Test(
        "host names that no name server resolves delay neither pings nor joins of other users",
        .enabled(if: SmallDisk.obstacle == nil, "a resolv.conf of its own needs the right to mount"))
    func deadNames() async throws {
        var plan = Plan(networks: [.ngircd])
        plan.hasDeadNameServer = true
        try await Stage.with(plan) { deployment in
            let eves = try await [deployment.user("eve"), deployment.user("eve"), deployment.user("eve")]
            let bea = try await deployment.user("bea")
            for eve in eves {
                for number in 0..<20 {
                    try eve.askToJoin("#x%\(eve.account.name)-\(number).example.net@\(deployment.irc)", as: "eve")
                }
                try await eve.fence(deployment.irc)
            }
            let start = ContinuousClock.now
            try await bea.join(deployment.address("#harbour", on: .ngircd), as: "bea")
            #expect(ContinuousClock.now - start < .seconds(1))
            #expect(try await bea.slowestPing(of: deployment.irc, among: 10) < .seconds(1))
            // Two names of a user are looked up at once. The error tells the user that the name could not be looked up.
            let refusal = try await eves[0].expect("the end of a look-up", within: .patience) { $0.type == "error" }
            #expect(refusal.errorText?.contains("looked up") == true, "\(refusal)")
        }
    }
}
