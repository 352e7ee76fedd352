import ServerRig
import Testing

extension Continuity {
    @Test("one process serves several gateways at once")
    func severalGateways() async throws {
        let plan = Plan(networks: [.ngircd, .inspircd], hasPhones: true)
        try await Stage.with(plan) { deployment in
            let here = try await Meeting.begin(on: .ngircd, in: deployment)
            let there = try await Meeting.begin(on: .inspircd, in: deployment)
            let bob = try await Subscriber.registered("bob", number: "+12025550100", in: deployment)

            try here.alice.say("to ngircd", in: here.room)
            try there.alice.say("to inspircd", in: there.room)
            try bob.user.chat("to a phone", to: bob.address("+12025550182"))

            try await here.anna.expectMessage("to ngircd", from: here.nick, to: here.channel)
            try await there.anna.expectMessage("to inspircd", from: there.nick, to: there.channel)
            try await deployment.phoneSide.phones.expect("to a phone", from: bob.number, to: "+12025550182")
        }
    }
}
