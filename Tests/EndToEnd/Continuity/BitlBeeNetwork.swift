import ServerRig
import Testing

extension Continuity {
    @Test("BitlBee is one more network: log in by its root channel, see a contact, exchange a message with it")
    func bitlBee() async throws {
        let folder = try RigFolder()
        defer { folder.remove() }
        let bitlBee = try await BitlBee.start(in: folder)
        var plan = Plan()
        plan.otherNetworks["bitlbee"] = "{address: \"127.0.0.1:\(bitlBee.port)\"}"
        plan.hasLowClientPort = true
        try await Stage.with(plan) { deployment in
            let alice = try await deployment.user("alice")
            let carol = try await deployment.user("carol")
            let bob = try await deployment.home.addAccount(deployment.unique("bob"))
            // XEP-0106 writes & as \26.
            let control = "\\26bitlbee%bitlbee@\(deployment.irc)"
            let entry = try await alice.join(control, as: alice.account.name)
            #expect(entry.occupants.contains("root"))

            func tell(_ words: String, answer: String) async throws {
                try alice.say(words, in: control)
                try await alice.expect("“\(answer)” from root", within: .patience) {
                    $0.from == control + "/root" && $0.body?.contains(answer) == true
                }
            }
            try await tell("register blpw", answer: "Account successfully created")
            try await tell("account add jabber \(bob.jid) \(bob.password)", answer: "Account successfully added")
            try await tell("account jabber set server 127.0.0.1", answer: "127.0.0.1")
            try await tell("account jabber set port \(deployment.home.clientPort)", answer: "port")
            try await tell("account jabber set tls off", answer: "tls")
            try await tell("account jabber on", answer: "Logged in")
            try await tell("add jabber \(carol.account.jid)", answer: carol.account.jid)
            // BitlBee has asked for carol's presence; her client agrees and asks for that of bob.
            try carol.send("<presence type='subscribed' to='\(bob.jid)'/>")

            let contact = "\(carol.account.name)%bitlbee@\(deployment.irc)"
            try await alice.expectOccupant(carol.account.name, in: control)
            try alice.send("<message type='chat' to='\(contact)'><body>through two gateways</body></message>")
            let message = try await carol.expect("alice's words") { $0.body == "through two gateways" }
            #expect(message.from.hasPrefix(bob.jid))
            try carol.send("<message type='chat' to='\(message.from)'><body>and back</body></message>")
            try await alice.expect("carol's words") { $0.from.hasPrefix(contact) && $0.body == "and back" }
        }
        await bitlBee.daemon.stop()
    }
}
