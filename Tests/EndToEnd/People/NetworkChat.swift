import ServerRig
import Testing

extension People {
    @Test("a message to the network's address is a line of its protocol, and the reply comes back")
    func networkChat() async throws {
        let deployment = try Stage.deployment
        let anna = try await deployment.ircUser("anna", on: .ngircd)
        let alice = try await deployment.user("alice")
        let service = deployment.address(of: .ngircd)

        try alice.chat("WHOIS \(anna.nick)", to: service)
        let reply = try await alice.expect("the reply to WHOIS") {
            $0.name == "message" && $0.type == "chat" && $0.from == service && $0.body?.contains(anna.nick) == true
        }
        #expect(reply.child("no-copy", "urn:xmpp:hints") == nil, "other clients of alice get a copy")
        #expect(try await alice.ask("QUIT :bye", at: service).contains("QUIT"))
        let help = try await alice.ask("help", at: service)
        #expect(help.contains("protocol") && help.contains("a room is \(deployment.address("#help", on: .ngircd))"))
        anna.disconnect()
    }

    @Test("a typed command in a chat with a person is answered from the network's address")
    func commandToAPerson() async throws {
        let deployment = try Stage.deployment
        let anna = try await deployment.ircUser("anna", on: .ngircd)
        let alice = try await deployment.user("alice")

        try alice.chat("/whois", to: deployment.address(anna.nick, on: .ngircd))
        try await alice.expect("who anna is") {
            $0.from == deployment.address(of: .ngircd) && $0.body?.contains(anna.nick) == true
        }
        anna.disconnect()
    }
}
