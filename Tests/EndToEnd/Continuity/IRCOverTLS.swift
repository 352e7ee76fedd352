import ServerRig
import Testing

extension Continuity {
    @Test("over TLS a trusted certificate lets the user join", arguments: Plan.Network.allCases)
    func trustedCertificate(network: Plan.Network) async throws {
        var plan = Plan(networks: [network])
        plan.tls = .trusted
        try await Stage.with(plan) { deployment in
            let meeting = try await Meeting.begin(on: network, in: deployment)
            try meeting.alice.say("sealed", in: meeting.room)
            try await meeting.anna.expectMessage("sealed", from: meeting.nick, to: meeting.channel)
        }
    }

    @Test("over TLS an untrusted certificate makes the join fail, with an explanation")
    func untrustedCertificate() async throws {
        var plan = Plan(networks: [.ngircd])
        plan.tls = .untrusted
        try await Stage.with(plan) { deployment in
            let alice = try await deployment.user("alice")
            let room = deployment.address("#harbour", on: .ngircd)

            try alice.askToJoin(room, as: alice.account.name)

            let refusal = try await alice.expect("a refusal", within: .seconds(60)) {
                $0.type == "error" && $0.isFrom(room: room)
            }
            #expect(refusal.errorText?.lowercased().contains("certificate") == true)
        }
    }
}
