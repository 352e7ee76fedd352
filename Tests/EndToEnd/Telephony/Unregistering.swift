import ServerRig
import Testing

extension Telephony {
    @Test("a user who unregisters loses the gateway's contacts, and the number stays reserved for a while")
    func unregisterCleansUp() async throws {
        let alice = try await Subscriber.registered(number: "+12025550121", in: Stage.deployment)
        let contact = alice.address("+12025550182")
        try alice.user.send("<presence type='subscribe' to='\(contact)'/>")
        try await alice.user.expect("the contact") { $0.type == "subscribed" && $0.from == contact }

        let removal = "<query xmlns='jabber:iq:register'><remove/></query>"
        #expect(try await alice.user.query("set", to: alice.deployment.sms, removal).type == "result")

        try await alice.user.expect("the contact to go") { $0.type == "unsubscribed" && $0.from == contact }
        let bob = try await alice.deployment.user("bob")
        let refusal = try await bob.register(with: alice.deployment.sms, ["phone": alice.number])
        #expect(refusal.error == "cancel/conflict" && refusal.errorText?.contains("until recently") == true)
        #expect(try await alice.user.register(with: alice.deployment.sms, ["phone": alice.number]).type == "result")
    }
}
