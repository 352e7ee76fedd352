import ServerRig
import Testing

extension Rooms {
    @Test("a second resource gets the whole entry without a second JOIN, and the first may leave alone")
    func secondResource() async throws {
        let meeting = try await Meeting.begin(on: .ngircd, in: Stage.deployment)
        let (alice, anna, room) = (meeting.alice, meeting.anna, meeting.room)
        let phone = try await meeting.deployment.another("phone", of: alice)

        let entry = try await phone.join(room, as: meeting.nick)
        #expect(entry.occupants == [anna.nick])
        #expect(entry.own?.statusCodes == ["110"])

        try alice.leave(room, as: meeting.nick)
        let gone = try await alice.expectOccupant(meeting.nick, in: room, "unavailable")
        #expect(gone.statusCodes == ["110"])
        try anna.say("who is left?", to: meeting.channel)
        try await phone.expectSaid("who is left?", by: anna.nick, in: room)

        try await anna.fence()
        #expect(anna.lines.present { ["JOIN", "PART", "QUIT"].contains($0.command) }.isEmpty)
        try await alice.fence(meeting.deployment.irc)
        #expect(alice.stanzas.present { $0.body == "who is left?" }.isEmpty)
        try await phone.disconnect()
        try await meeting.end()
    }
}
