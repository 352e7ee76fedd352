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
            try await ben.ask("OPER oper operpw", answer: "381")
            try await link(ben, to: anna)
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
            // InspIRCd 3.15 sometimes does not notice that the other server has closed the link.
            try ben.send("SQUIT insp.test :maintenance")
            try await link(ben, to: anna)
            let back = try await alice.expect("\(ben.nick) to come back") {
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

    /// Links the servers of two people. Returns when the other one sees that this operator has joined the channel. A
    /// server refuses a link while it has not noticed the end of the last one, so this asks again.
    private func link(_ oper: IRCUser, to other: IRCUser) async throws {
        let isJoin: @Sendable (IRCLine) -> Bool = { $0.command == "JOIN" && $0.source == oper.nick }
        _ = try await poll("the link between the servers", every: .seconds(2)) {
            guard other.lines.present(where: isJoin).isEmpty else { return true }
            try oper.send("CONNECT insp.test")
            return nil
        }
        try await other.expect("\(oper.nick) to join", where: isJoin)
    }
}
