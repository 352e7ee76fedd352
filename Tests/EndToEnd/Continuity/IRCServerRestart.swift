import ServerRig
import Testing

extension Continuity {
    @Test("after a restart of the IRC server the user is told, enters the room again, and can talk")
    func ircServerRestart() async throws {
        try await Stage.with(Plan(networks: [.ngircd])) { deployment in
            let meeting = try await Meeting.begin(on: .ngircd, in: deployment)

            try await deployment.server(.ngircd).daemon.restart()

            let lost = try await meeting.alice.expectOccupant(meeting.nick, in: meeting.room, "unavailable")
            #expect(Set(lost.statusCodes) == ["110", "332"])
            let entry = try await meeting.alice.expectEntry(to: meeting.room, within: .seconds(60))
            #expect(entry.own?.statusCodes == ["110"])
            let ben = try await deployment.ircUser("ben", on: .ngircd)
            try await ben.join(meeting.channel)
            try ben.say("back again", to: meeting.channel)
            try await meeting.alice.expectSaid("back again", by: ben.nick, in: meeting.room)
            try meeting.alice.say("so am I", in: meeting.room)
            try await ben.expectMessage("so am I", from: meeting.nick, to: meeting.channel)
        }
    }
}
