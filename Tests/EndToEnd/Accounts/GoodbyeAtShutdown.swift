import ServerRig
import Testing

extension Continuity {
    @Test("a gateway that stops is unavailable to a user with a number", arguments: [Plan.Home.prosody, .ejabberd])
    func goodbyeAtShutdown(home: Plan.Home) async throws {
        var plan = Plan(hasPhones: true)
        plan.home = home
        try await Stage.with(plan) { deployment in
            let alice = try await Subscriber.registered(number: "+12025550100", in: deployment)
            try alice.user.send("<presence type='subscribe' to='\(deployment.sms)'/>")
            try await alice.user.expect("the gateway to be available") {
                $0.name == "presence" && $0.from == "\(deployment.sms)/sms" && $0.type.isEmpty
            }
            // The subscription is stored, and known to the home server, before the gateway stops.
            for _ in 0..<2 { try await alice.user.fence(deployment.sms) }

            let end = await deployment.martlet.daemon.stop()

            #expect(end == .exited(0))
            try await alice.user.expect("the gateway to be unavailable") {
                $0.name == "presence" && $0.from == "\(deployment.sms)/sms" && $0.type == "unavailable"
            }
        }
    }
}
