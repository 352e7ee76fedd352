import ServerRig
import Testing

extension Rooms {
    @Test("a user enters a channel, talks with an IRC user both ways, and leaves", arguments: Plan.Network.allCases)
    func joinTalkLeave(network: Plan.Network) async throws {
        let meeting = try await Meeting.begin(on: network, in: Stage.deployment)
        let (alice, anna, room) = (meeting.alice, meeting.anna, meeting.room)

        let id = try alice.say("Ahoy — is anybody there?", in: room)
        try await anna.expectMessage("Ahoy — is anybody there?", from: meeting.nick, to: meeting.channel)
        let reflection = try await alice.expectSaid("Ahoy — is anybody there?", by: meeting.nick, in: room)
        #expect(reflection.id == id)

        try anna.say("Grüß dich <alice> & welcome", to: meeting.channel)
        try await alice.expectSaid("Grüß dich <alice> & welcome", by: anna.nick, in: room)

        try alice.leave(room, as: meeting.nick, status: "off to sea")
        let part = try await anna.expect("\(meeting.nick) to leave") {
            $0.command == "PART" && $0.source == meeting.nick
        }
        #expect(part.last == "off to sea")
        let own = try await alice.expectOccupant(meeting.nick, in: room, "unavailable")
        #expect(own.statusCodes == ["110"])
        try await meeting.end()
    }
}
