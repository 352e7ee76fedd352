import ServerRig
import Testing

extension Rooms {
    @Test("all kicks and new ranks of one request are carried out")
    func severalChanges() async throws {
        let meeting = try await Meeting.begin(on: .inspircd, in: Stage.deployment)
        let (alice, anna, room) = (meeting.alice, meeting.anna, meeting.room)
        var others: [IRCUser] = []
        for name in ["ben", "cora", "dan"] {
            let other = try await meeting.deployment.ircUser(name, on: .inspircd)
            try await other.join(meeting.channel)
            try await alice.expectOccupant(other.nick, in: room)
            others.append(other)
        }
        try anna.send("MODE \(meeting.channel) +o \(meeting.nick)")
        try await alice.expect("her rank") { $0.occupant == meeting.nick && $0.item?["role"] == "moderator" }

        let answer = try await alice.query(
            "set", to: room,
            "<query xmlns='http://jabber.org/protocol/muc#admin'><item nick='\(others[0].nick)' role='none'/>"
                + "<item nick='\(others[1].nick)' role='none'/><item nick='\(others[2].nick)' affiliation='admin'/></query>"
        )

        #expect(answer.type == "result")
        for other in others[..<2] {
            #expect(try await alice.expectOccupant(other.nick, in: room, "unavailable").statusCodes == ["307"])
        }
        let third = others[2].nick
        let promoted = try await alice.expect("the new rank") {
            $0.occupant == third && $0.item?["affiliation"] == "admin"
        }
        #expect(promoted.item?["role"] == "moderator")
        try await meeting.end()
    }
}
