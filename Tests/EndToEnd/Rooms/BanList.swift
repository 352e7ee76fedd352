import ServerRig
import Testing

extension Rooms {
    @Test(
        "an operator bans and unbans by the list of outcasts, which shows masks as they are",
        arguments: Plan.Network.allCases)
    func banList(network: Plan.Network) async throws {
        let meeting = try await Meeting.begin(on: network, in: Stage.deployment)
        let (alice, anna, room) = (meeting.alice, meeting.anna, meeting.room)
        let outcasts = "<query xmlns='http://jabber.org/protocol/muc#admin'><item affiliation='outcast'/></query>"
        let empty = try await alice.query("get", to: room, outcasts)
        #expect(empty.type == "result" && empty.child("query")?.all("item").isEmpty == true)
        let ben = try await meeting.deployment.ircUser("ben", on: network)
        try await ben.join(meeting.channel)
        try await alice.expectOccupant(ben.nick, in: room)
        let ban = """
            <query xmlns='http://jabber.org/protocol/muc#admin'><item nick='\(ben.nick)' affiliation='outcast'/></query>
            """
        #expect(try await alice.query("set", to: room, ban).error == "auth/forbidden")

        try anna.send("MODE \(meeting.channel) +ob \(meeting.nick) *!*@bad.example")
        try await alice.expect("her rank") { $0.occupant == meeting.nick && $0.item?["role"] == "moderator" }
        #expect(try await alice.query("set", to: room, ban).type == "result")
        let gone = try await alice.expectOccupant(ben.nick, in: room, "unavailable")
        #expect(gone.statusCodes == ["301"] && gone.item?["affiliation"] == "outcast")

        let list = try await alice.query("get", to: room, outcasts)
        let jids = Set(list.child("query")?.all("item").compactMap { $0["jid"] } ?? [])
        // Everybody here has one host, so the mask also has the user name.
        let host = try await ben.userHost(of: ben.nick)
        let mask = "*!*" + host.drop { $0 == "~" }.replacing("@", with: "\\40").lowercased()
        let expected = ["*!*\\40bad.example", mask].map { meeting.deployment.address($0, on: network).lowercased() }
        #expect(Set(jids.map { $0.lowercased() }) == Set(expected))
        // Another nick does not end the ban.
        try await ben.ask("NICK \(meeting.deployment.unique("bill"))", answer: "NICK")
        try await ben.ask("JOIN \(meeting.channel)", answer: "474")

        let free = jids.map { "<item affiliation='none' jid='\($0)'/>" }
        let all = "<query xmlns='http://jabber.org/protocol/muc#admin'>\(free.joined())</query>"
        #expect(try await alice.query("set", to: room, all).type == "result")
        #expect(try await alice.query("get", to: room, outcasts).child("query")?.all("item").isEmpty == true)
        try await meeting.end()
    }
}
