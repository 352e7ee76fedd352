import ServerRig
import Testing

extension Continuity {
    @Test("a restart of the XMPP server does not end a conversation")
    func xmppServerRestart() async throws {
        try await Stage.with(Plan(networks: [.ngircd])) { deployment in
            let meeting = try await Meeting.begin(on: .ngircd, in: deployment)

            await deployment.home.daemon.stop()
            try await meeting.alice.awaitOffline()
            try meeting.anna.say("are you still there?", to: meeting.channel)
            try await meeting.anna.fence()
            try await deployment.home.daemon.start()
            try await deployment.awaitGateways()
            try await meeting.alice.connect()
            let entry = try await meeting.alice.join(meeting.room, as: meeting.nick)

            #expect(entry.occupants == [meeting.anna.nick])
            let missed = entry.sequence.first { $0.body == "are you still there?" }
            #expect(missed?.child("delay", "urn:xmpp:delay") != nil)
            try meeting.alice.say("of course", in: meeting.room)
            try await meeting.anna.expectMessage("of course", from: meeting.nick, to: meeting.channel)
            #expect(meeting.anna.lines.present { ["JOIN", "PART", "QUIT"].contains($0.command) }.isEmpty)
        }
    }
}
