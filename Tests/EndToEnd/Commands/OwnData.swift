import ServerRig
import Testing

extension Commands {
    @Test("a user lists and adds contacts, exports all data, and deletes them")
    func ownData() async throws { try await CommandScenario.ownData(in: Stage.deployment, "+12025550132") }
}

extension CommandsOnEjabberd {
    @Test("a user lists and adds contacts, exports all data, and deletes them")
    func ownData() async throws { try await CommandScenario.ownData(in: Stage.deployment, "+12025550132") }
}

extension CommandScenario {
    static func ownData(in deployment: Deployment, _ number: String) async throws {
        let alice = try await Subscriber.registered(number: number, in: deployment)
        let (user, gateway) = (alice.user, deployment.sms)
        let contact = alice.address("+12025550184")
        let added = try await user.ask("add +12025550184", at: gateway)
        if deployment.home is Ejabberd {
            #expect(added.hasPrefix("Your client now shows a request from \(contact)"))
            try await user.expect("the request of the contact") { $0.type == "subscribe" && $0.from == contact }
            try user.send("<presence type='subscribed' to='\(contact)'/><presence type='subscribe' to='\(contact)'/>")
            try await user.expect("the contact") { $0.type == "subscribed" && $0.from == contact }
        } else {
            // Prosody lets the gateway change the roster.
            #expect(added == "\(contact) is in your contact list now.")
            try await user.expect("the contact") {
                $0.name == "presence" && $0.type.isEmpty && $0.from == "\(contact)/sms"
            }
            #expect(user.stanzas.present { $0.type == "subscribe" && $0.from == contact }.isEmpty)
        }
        #expect(try await user.ask("contacts", at: gateway).contains(contact))

        let document = try await user.command("export", at: gateway).values.joined(separator: "\n")
        #expect(document.contains("\"\(contact)\"") && document.contains("\"phone\": \"\(number)\""), "\(document)")

        #expect(try await user.ask("delete-data", at: gateway).contains("Are you sure?"))
        #expect(try await user.ask("yes", at: gateway).contains("are deleted. You are not registered."))
        try await user.expect("the contact to go") { $0.type == "unsubscribed" && $0.from == contact }
        #expect(try await user.ask("contacts", at: gateway).hasPrefix("You have no contacts here."))
    }
}
