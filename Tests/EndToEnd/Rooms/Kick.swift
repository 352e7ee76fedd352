import ServerRig
import Testing

extension Rooms {
    @Test("a kicked user is told by whom and why", arguments: Plan.Network.allCases)
    func kicked(network: Plan.Network) async throws {
        let meeting = try await Meeting.begin(on: network, in: Stage.deployment)
        let bob = try await meeting.enter("bob")

        try meeting.anna.send("KICK \(meeting.channel) \(bob.account.name) :mind the rules")

        let own = try await bob.expectOccupant(bob.account.name, in: meeting.room, "unavailable")
        #expect(Set(own.statusCodes) == ["307", "110"])
        #expect(own.item?["role"] == "none")
        #expect(own.item?.child("actor")?["nick"] == meeting.anna.nick)
        #expect(own.item?.child("reason")?.text == "mind the rules")
        let seen = try await meeting.alice.expectOccupant(bob.account.name, in: meeting.room, "unavailable")
        #expect(seen.statusCodes == ["307"])

        let id = try bob.say("but", in: meeting.room)
        let refusal = try await bob.expectError("message", id: id, from: meeting.room)
        #expect(refusal.error == "modify/not-acceptable")
        try await bob.disconnect()
        try await meeting.end()
    }

    @Test("an operator on XMPP can kick, and anybody else is refused")
    func kick() async throws {
        let meeting = try await Meeting.begin(on: .ngircd, in: Stage.deployment)
        let (alice, anna, room) = (meeting.alice, meeting.anna, meeting.room)
        let ben = try await meeting.deployment.ircUser("ben", on: .ngircd)
        try await ben.join(meeting.channel)
        try await alice.expectOccupant(ben.nick, in: room)
        let kick = """
            <query xmlns='http://jabber.org/protocol/muc#admin'><item nick='\(ben.nick)' role='none'>\
            <reason>enough</reason></item></query>
            """

        #expect(try await alice.query("set", to: room, kick).error == "auth/forbidden")

        try anna.send("MODE \(meeting.channel) +o \(meeting.nick)")
        try await alice.expect("her rank") { $0.occupant == meeting.nick && $0.item?["role"] == "moderator" }
        #expect(try await alice.query("set", to: room, kick).type == "result")
        let seen = try await ben.expect("the kick") { $0.command == "KICK" && $0.source == meeting.nick }
        #expect(seen.last == "enough")
        let gone = try await alice.expectOccupant(ben.nick, in: room, "unavailable")
        #expect(gone.statusCodes == ["307"])
        try await meeting.end()
    }
}
