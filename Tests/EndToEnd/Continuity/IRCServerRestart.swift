import ServerRig
import Testing

extension Continuity {
    @Test(
        "a restart of the IRC server throws nobody out: the room says so, shows who is gone, and carries messages again",
        arguments: Plan.Network.allCases)
    func ircServerRestart(network: Plan.Network) async throws {
        try await Stage.with(Plan(networks: [network])) { deployment in
            let meeting = try await Meeting.begin(on: network, in: deployment)

            try await deployment.server(network).daemon.restart()

            let (alice, room, nick) = (meeting.alice, meeting.room, meeting.nick)
            try await alice.expect("word of the break") {
                $0.from == room && $0.body?.contains("trying to connect again") == true
            }
            _ = try await alice.stanzas.first("word of the return", within: .seconds(60)) {
                $0.from == room && $0.body?.contains("is back") == true
            }
            try await alice.expectOccupant(meeting.anna.nick, in: room, "unavailable")
            #expect(alice.stanzas.present { $0.occupant == nick && $0.type == "unavailable" }.isEmpty)
            let ben = try await deployment.ircUser("ben", on: network)
            try await ben.join(meeting.channel)
            try ben.say("back again", to: meeting.channel)
            try await alice.expectSaid("back again", by: ben.nick, in: room)
            try await alice.expectOccupant(ben.nick, in: room)
            try meeting.alice.say("so am I", in: meeting.room)
            try await ben.expectMessage("so am I", from: meeting.nick, to: meeting.channel)
        }
    }
}
