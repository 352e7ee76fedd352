import ServerRig
import Testing

extension Telephony {
    @Test("who unregisters loses the contacts of the gateway and frees the number")
    func unregisterCleansUp() async throws {
        let alice = try await Subscriber.registered(number: "+12025550121", in: Stage.deployment)
        let contact = alice.address("+12025550182")
        try alice.user.send("<presence type='subscribe' to='\(contact)'/>")
        try await alice.user.expect("the contact") { $0.type == "subscribed" && $0.from == contact }

        let removal = "<query xmlns='jabber:iq:register'><remove/></query>"
        #expect(try await alice.user.query("set", to: alice.deployment.sms, removal).type == "result")

        try await alice.user.expect("the contact to go") { $0.type == "unsubscribed" && $0.from == contact }
        let bob = try await Subscriber.registered("bob", number: "+12025550121", in: alice.deployment)
        #expect(try await bob.webhook(from: "+12025550184", text: "whose is it?", id: "freed-1").status == 200)
        try await bob.user.expectChat("whose is it?", from: bob.address("+12025550184"))
        try await alice.user.fence(alice.deployment.sms)
        #expect(alice.user.stanzas.present { $0.body == "whose is it?" }.isEmpty)
    }
}
