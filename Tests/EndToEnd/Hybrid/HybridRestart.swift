import ServerRig
import Testing

extension Continuity {
    @Test("when ircd-hybrid stops and comes back, the room goes on, and every message has one outcome")
    func hybridRestart() async throws {
        try await Stage.with(Plan(networks: [.hybrid])) { deployment in
            let meeting = try await Meeting.begin(on: .hybrid, in: deployment)
            let (alice, room) = (meeting.alice, meeting.room)
            let server = try deployment.server(.hybrid).daemon

            await server.stop()
            try await alice.expect("word of the break") {
                $0.from == room && $0.body?.contains("trying to connect again") == true
            }
            let id = try alice.say("is anybody there?", in: room)
            #expect(try await alice.expectError("message", id: id, from: room).error?.hasPrefix("wait/") == true)
            try await server.start()
            _ = try await alice.stanzas.first("word of the return", within: .seconds(60)) {
                $0.from == room && $0.body?.contains("is back") == true
            }
            let ben = try await deployment.ircUser("ben", on: .hybrid)
            try await ben.join(meeting.channel)
            try await alice.expectOccupant(ben.nick, in: room)
            let later = try alice.say("so am I", in: room)
            try await ben.expectMessage("so am I", from: meeting.nick, to: meeting.channel)
            #expect(try await alice.expectSaid("so am I", by: meeting.nick, in: room).id == later)
            #expect(alice.stanzas.present { $0.occupant == meeting.nick && $0.type == "unavailable" }.isEmpty)
        }
    }
}
