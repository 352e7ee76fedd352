import ServerRig
import Testing

extension Continuity {
    @Test("behind ejabberd a user talks with a channel and with a phone")
    func ejabberd() async throws {
        var plan = Plan(networks: [.ngircd], hasPhones: true)
        plan.home = .ejabberd
        try await Stage.with(plan) { deployment in
            let meeting = try await Meeting.begin(on: .ngircd, in: deployment)
            let id = try meeting.alice.say("from ejabberd", in: meeting.room)
            try await meeting.anna.expectMessage("from ejabberd", from: meeting.nick, to: meeting.channel)
            #expect(try await meeting.alice.expectSaid("from ejabberd", by: meeting.nick, in: meeting.room).id == id)
            try meeting.anna.say("to ejabberd", to: meeting.channel)
            try await meeting.alice.expectSaid("to ejabberd", by: meeting.anna.nick, in: meeting.room)

            let bob = try await Subscriber.registered("bob", number: "+12025550100", in: deployment)
            let phones = try deployment.phoneSide.phones
            let sent = try bob.user.chat("ahoy", to: bob.address("+12025550182"), receipt: true)
            try await phones.expect("ahoy", from: bob.number, to: "+12025550182")
            try await bob.user.expectReceipt(for: sent, from: bob.address("+12025550182"))
            try phones.send("ahoy yourself", from: "+12025550182", to: bob.number)
            try await bob.user.expectChat("ahoy yourself", from: bob.address("+12025550182"), within: .patience)
        }
    }
}
