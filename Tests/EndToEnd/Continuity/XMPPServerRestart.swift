import ServerRig
import Testing

extension Continuity {
    @Test("when the XMPP server crashes and comes back, IRC users notice nothing, and no message is lost")
    func xmppServerCrash() async throws {
        try await Stage.with(Plan(networks: [.ngircd])) { deployment in
            let meeting = try await Meeting.begin(on: .ngircd, in: deployment)

            await deployment.home.daemon.crash()
            try await meeting.alice.awaitOffline()
            try meeting.anna.say("are you still there?", to: meeting.channel)
            try await meeting.anna.fence()
            let entry = try await comeBack(to: meeting)

            let missed = entry.sequence.first { $0.body == "are you still there?" }
            #expect(missed?.child("delay", "urn:xmpp:delay") != nil)
            #expect(meeting.anna.lines.present { ["JOIN", "PART", "QUIT"].contains($0.command) }.isEmpty)
        }
    }

    @Test("after a restart of the XMPP server, a user only has to enter the room again")
    func xmppServerRestart() async throws {
        try await Stage.with(Plan(networks: [.ngircd])) { deployment in
            let meeting = try await Meeting.begin(on: .ngircd, in: deployment)

            await deployment.home.daemon.stop()
            try await meeting.alice.awaitOffline()
            _ = try await comeBack(to: meeting)
        }
    }

    /// Starts the server; alice logs in and enters the room, and both talk.
    private func comeBack(to meeting: Meeting) async throws -> RoomEntry {
        let (alice, anna) = (meeting.alice, meeting.anna)
        try await meeting.deployment.home.daemon.start()
        try await meeting.deployment.awaitGateways()
        try await alice.connect()
        let entry = try await alice.join(meeting.room, as: meeting.nick)
        #expect(entry.occupants == [anna.nick])
        try alice.say("here I am", in: meeting.room)
        try await anna.expectMessage("here I am", from: meeting.nick, to: meeting.channel)
        try anna.say("so you are", to: meeting.channel)
        try await alice.expectSaid("so you are", by: anna.nick, in: meeting.room)
        return entry
    }
}
