import ServerRig
import Testing

extension Rooms {
    @Test("a room on a network that is not configured is not found")
    func unknownNetwork() async throws {
        let deployment = try Stage.deployment
        let alice = try await deployment.user("alice")
        let room = "#harbour%nowhere.example@\(deployment.irc)"

        try alice.askToJoin(room, as: "alice")

        let refusal = try await alice.expect("a refusal") { $0.type == "error" && $0.isFrom(room: room) }
        #expect(refusal.error == "cancel/item-not-found")
        #expect(refusal.errorText?.contains("nowhere.example") == true)
    }

    /// A blank, a comma and a bell end or divide the name of a channel on the wire (RFC 2812 §1.3).
    @Test("a name that no channel can have is malformed, and nothing is sent to IRC", arguments: [#"#a\20b"#, "#a,#b"])
    func malformedChannel(name: String) async throws {
        let deployment = try Stage.deployment
        let alice = try await deployment.user("alice")
        let room = deployment.address(name, on: .ngircd)

        try alice.askToJoin(room, as: alice.account.name)

        let refusal = try await alice.expect("a refusal") { $0.type == "error" && $0.isFrom(room: room) }
        #expect(refusal.error == "modify/jid-malformed")
    }
}
