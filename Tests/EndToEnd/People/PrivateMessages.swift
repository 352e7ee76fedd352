import ServerRig
import Testing

extension People {
    @Test("a user and a nick exchange private messages in both directions, without any room")
    func toAUser() async throws {
        let deployment = try Stage.deployment
        let anna = try await deployment.ircUser("anna", on: .ngircd)
        let alice = try await deployment.user("alice")
        let peer = deployment.address(anna.nick, on: .ngircd)

        try alice.chat("psst", to: peer)
        try await anna.expectMessage("psst", from: alice.account.name, to: anna.nick)
        try anna.say("what is it?", to: alice.account.name)
        try await alice.expectChat("what is it?", from: peer)
        try alice.chat("/me whispers", to: peer)
        try await anna.expectMessage("\u{1}ACTION whispers\u{1}", from: alice.account.name, to: anna.nick)
    }

    @Test("a private message to an occupant is answered from the same address")
    func toAnOccupant() async throws {
        let meeting = try await Meeting.begin(on: .ngircd, in: Stage.deployment)
        let occupant = meeting.room + "/" + meeting.anna.nick

        try meeting.alice.chat("between us", to: occupant)
        try await meeting.anna.expectMessage("between us", from: meeting.nick, to: meeting.anna.nick)
        try meeting.anna.say("certainly", to: meeting.nick)
        try await meeting.alice.expectChat("certainly", from: occupant)
        try await meeting.end()
    }

    @Test("a private message to an absent nick comes back as an error with its id")
    func toNobody() async throws {
        let deployment = try Stage.deployment
        let alice = try await deployment.user("alice")
        let peer = deployment.address("nobody\(deployment.unique("x"))", on: .ngircd)

        let id = try alice.chat("hello?", to: peer)

        let refusal = try await alice.expectError("message", id: id, from: peer)
        #expect(refusal.error == "cancel/item-not-found")
        #expect(refusal.errorText?.isEmpty == false)
    }
}
