import ServerRig
import Testing

extension Rooms {
    @Test("a new nick that one resource asks for is shown to the other")
    func nickOfAllResources() async throws {
        let meeting = try await Meeting.begin(on: .ngircd, in: Stage.deployment)
        let phone = try await meeting.deployment.another("phone", of: meeting.alice)
        try await phone.join(meeting.room, as: meeting.nick)
        let new = meeting.deployment.unique("Captain")

        try meeting.alice.send("<presence to='\(meeting.room)/\(new)'/>")

        for user in [meeting.alice, phone] {
            let old = try await user.expectOccupant(meeting.nick, in: meeting.room, "unavailable")
            #expect(Set(old.statusCodes) == ["303", "110"])
            #expect(try await user.expectOccupant(new, in: meeting.room).statusCodes == ["110"])
        }
        try await phone.disconnect()
        try await meeting.end()
    }

    @Test("a second resource that asks for another nick gets the one of the connection, and is told by 210")
    func otherNickOfSecondResource() async throws {
        let meeting = try await Meeting.begin(on: .ngircd, in: Stage.deployment)
        let phone = try await meeting.deployment.another("phone", of: meeting.alice)

        let entry = try await phone.join(meeting.room, as: "somebodyelse")

        #expect(entry.own?.occupant == meeting.nick)
        #expect(Set(entry.own?.statusCodes ?? []) == ["110", "210"])
        try await meeting.anna.fence()
        #expect(meeting.anna.lines.present { $0.command == "NICK" }.isEmpty)
        try await phone.disconnect()
        try await meeting.end()
    }

    @Test("a client that enters again gets the whole room again, without a second JOIN")
    func entersAgain() async throws {
        let meeting = try await Meeting.begin(on: .ngircd, in: Stage.deployment)

        let entry = try await meeting.alice.join(meeting.room, as: meeting.nick)

        #expect(entry.occupants == [meeting.anna.nick] && entry.own?.statusCodes == ["110"])
        try await meeting.anna.fence()
        #expect(meeting.anna.lines.present { $0.command == "JOIN" }.isEmpty)
        try await meeting.end()
    }

    @Test("who was kicked may enter again, and who was banned may not")
    func afterTheKick() async throws {
        let meeting = try await Meeting.begin(on: .ngircd, in: Stage.deployment)
        try meeting.anna.send("KICK \(meeting.channel) \(meeting.nick) :out")
        try await meeting.alice.expectOccupant(meeting.nick, in: meeting.room, "unavailable")
        #expect(
            try await meeting.alice.query("get", to: meeting.room + "/" + meeting.nick, "<ping xmlns='urn:xmpp:ping'/>")
                .error == "cancel/not-acceptable")
        try await meeting.alice.join(meeting.room, as: meeting.nick)

        try meeting.anna.send("MODE \(meeting.channel) +b \(meeting.nick)!*@*")
        try meeting.anna.send("KICK \(meeting.channel) \(meeting.nick) :out")
        try await meeting.alice.expectOccupant(meeting.nick, in: meeting.room, "unavailable")
        try meeting.alice.askToJoin(meeting.room, as: meeting.nick, id: "again")
        let refusal = try await meeting.alice.expectError(
            "presence", id: "again", from: meeting.room + "/" + meeting.nick)
        #expect(refusal.error == "auth/forbidden")
        try await meeting.end()
    }
}
