import ServerRig
import Testing

extension Telephony {
    @Test("a number typed into the prompt becomes a contact's address")
    func byPrompt() async throws {
        let alice = try await Subscriber.registered(number: "+12025550103", in: Stage.deployment)
        let (user, gateway) = (alice.user, alice.deployment.sms)

        let prompt = try await user.query("get", to: gateway, "<query xmlns='jabber:iq:gateway'/>")
        #expect(prompt.child("query")?.child("prompt") != nil)
        let answer = try await user.query(
            "set", to: gateway, "<query xmlns='jabber:iq:gateway'><prompt>(202) 555-0180</prompt></query>")
        #expect(answer.child("query")?.child("jid")?.text == "+12025550180@\(gateway)")

        try await add("+12025550180@\(gateway)", to: user)
    }

    @Test("a contact added by address is subscribed and available")
    func byAddress() async throws {
        let alice = try await Subscriber.registered(number: "+12025550104", in: Stage.deployment)

        try await add(alice.address("+12025550181"), to: alice.user)
    }

    @Test("a text that cannot be a number is not translated", arguments: ["", "the bakery", "12"])
    func notANumber(text: String) async throws {
        let deployment = try Stage.deployment
        let alice = try await deployment.user("alice")

        let answer = try await alice.query(
            "set", to: deployment.sms, "<query xmlns='jabber:iq:gateway'><prompt>\(text)</prompt></query>")

        #expect(["modify/jid-malformed", "cancel/item-not-found"].contains(answer.error) || text.isEmpty)
        #expect(answer.error != nil)
        #expect(answer.errorText?.isEmpty == false)
    }

    private func add(_ contact: String, to user: XMPPUser) async throws {
        try user.send("<presence type='subscribe' to='\(contact)'/>")
        for kind in ["subscribed", ""] {
            // People are present with a resource.
            let sender = kind.isEmpty ? contact + "/sms" : contact
            try await user.expect("presence '\(kind)' from \(contact)") {
                $0.name == "presence" && $0.type == kind && $0.from == sender
            }
        }
    }
}
