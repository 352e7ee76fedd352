import ServerRig
import Testing

extension Rooms {
    @Test("a reflection keeps what the sender has sent, and nobody can forge the room's own elements")
    func reflectedPayload() async throws {
        let meeting = try await Meeting.begin(on: .ngircd, in: Stage.deployment)
        let payload = """
            <body>https://x.example/a.png</body><x xmlns='jabber:x:oob'><url>https://x.example/a.png</url></x>\
            <replace xmlns='urn:xmpp:message-correct:0' id='m0'/>\
            <stanza-id xmlns='urn:xmpp:sid:0' id='mine' by='\(meeting.alice.account.jid)'/>\
            <stanza-id xmlns='urn:xmpp:sid:0' id='forged' by='\(meeting.room)'/>\
            <occupant-id xmlns='urn:xmpp:occupant-id:0' id='forged'/>
            """

        try meeting.alice.send("<message type='groupchat' id='m1' to='\(meeting.room)'>\(payload)</message>")

        let reflection = try await meeting.alice.expectSaid(
            "https://x.example/a.png", by: meeting.nick, in: meeting.room)
        #expect(reflection.child("x", "jabber:x:oob")?.child("url")?.text == "https://x.example/a.png")
        #expect(reflection.child("replace", "urn:xmpp:message-correct:0")?["id"] == "m0")
        let ids = reflection.all("stanza-id").map { $0["id"] }
        #expect(ids.count == 2 && ids.contains("mine") && !ids.contains("forged"))
        let occupants = reflection.all("occupant-id").map { $0["id"] }
        #expect(occupants.count == 1 && occupants.first != "forged")
        try await meeting.end()
    }

    @Test("an occupant's presence and messages have one occupant id, also after a change of the nick")
    func occupantID() async throws {
        let meeting = try await Meeting.begin(on: .ngircd, in: Stage.deployment)
        let (alice, anna) = (meeting.alice, meeting.anna)
        func id(_ node: XMLNode?) -> String? { node?.child("occupant-id", "urn:xmpp:occupant-id:0")?["id"] }
        let first = id(meeting.entry.sequence.first { $0.occupant == anna.nick })
        #expect(first?.isEmpty == false && first != id(meeting.entry.own))
        try anna.say("hello", to: meeting.channel)
        #expect(id(try await alice.expectSaid("hello", by: anna.nick, in: meeting.room)) == first)

        let new = meeting.deployment.unique("Annabel")
        try anna.send("NICK \(new)")
        #expect(id(try await alice.expectOccupant(new, in: meeting.room)) == first)
        try anna.say("still me", to: meeting.channel)
        #expect(id(try await alice.expectSaid("still me", by: new, in: meeting.room)) == first)
        try await meeting.end()
    }
}
