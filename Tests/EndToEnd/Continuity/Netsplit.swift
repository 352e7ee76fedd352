import ServerRig
import Testing

extension Continuity {
    @Test("occupants on another server leave with the reason when the link breaks, and come back once with their rank")
    func netsplit() async throws {
        var plan = Plan(networks: [.inspircd])
        plan.hasLeaf = true
        try await Stage.with(plan) { deployment in
            let meeting = try await Meeting.begin(on: .inspircd, in: deployment)
            let (alice, anna, room) = (meeting.alice, meeting.anna, meeting.room)
            let port = try #require(try deployment.server(.inspircd).leafPort)
            let ben = try await IRCUser(deployment.unique("ben"), port: port, logs: deployment.folder.logs)
            try await ben.join(meeting.channel)
            // If the servers were not linked yet, the link shows him.
            try await anna.expect("\(ben.nick) to join") { $0.command == "JOIN" && $0.source == ben.nick }
            try anna.send("MODE \(meeting.channel) +v \(ben.nick)")
            try await alice.expect("\(ben.nick)'s voice") {
                $0.occupant == ben.nick && $0.item?["affiliation"] == "member"
            }
            alice.stanzas.clear()

            try await anna.ask("OPER oper operpw", answer: "381")
            try anna.send("SQUIT leaf.test :maintenance")

            let gone = try await alice.expectOccupant(ben.nick, in: room, "unavailable")
            #expect(gone.child("status", "jabber:client")?.text == "Netsplit (insp.test leaf.test)")
            #expect(gone.statusCodes == ["333"])
            #expect(gone.item?["role"] == "none")
            // The servers try to link again every few seconds, and under load some attempts fail.
            let back = try await alice.expect("\(ben.nick) to come back", within: .seconds(60)) {
                $0.occupant == ben.nick && $0.name == "presence" && $0.type.isEmpty
            }
            #expect(back.item?["affiliation"] == "member", "the rank comes with the first presence")
            try ben.say("here I am again", to: meeting.channel)
            try await alice.expectSaid("here I am again", by: ben.nick, in: room)
            let others = alice.stanzas.present { $0.name == "presence" && $0.from.hasPrefix(room) }
            #expect(others.isEmpty, "nobody else has left or changed, and he is shown once")
            ben.disconnect()
            try await meeting.end()
        }
    }
}
