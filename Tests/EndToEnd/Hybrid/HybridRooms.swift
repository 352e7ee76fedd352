import ServerRig
import Testing

extension Hybrid {
    @Test("on ircd-hybrid a user enters, talks both ways by the proof of a PONG, and leaves")
    func talk() async throws {
        let meeting = try await Meeting.begin(on: .hybrid, in: Stage.deployment)
        let (alice, anna, room) = (meeting.alice, meeting.anna, meeting.room)
        #expect(meeting.entry.own?.statusCodes == ["110"] && meeting.entry.occupants == [anna.nick])

        let texts = (1...12).map { "wave \($0)" }
        let ids = try texts.map { try alice.say($0, in: room) }
        for (text, id) in zip(texts, ids) {
            #expect(try await alice.expectSaid(text, by: meeting.nick, in: room).id == id)
            try await anna.expectMessage(text, from: meeting.nick, to: meeting.channel)
        }
        try anna.say("Grüß dich", to: meeting.channel)
        try await alice.expectSaid("Grüß dich", by: anna.nick, in: room)

        try alice.leave(room, as: meeting.nick, status: "off to sea")
        let part = try await anna.expect("\(meeting.nick) to leave") {
            $0.command == "PART" && $0.source == meeting.nick
        }
        #expect(part.last == "off to sea")
        try await meeting.end()
    }

    @Test("on ircd-hybrid the modes +m and +n refuse messages, which come back and are not reflected")
    func refused() async throws {
        let meeting = try await Meeting.begin(on: .hybrid, in: Stage.deployment)
        let (alice, anna, room) = (meeting.alice, meeting.anna, meeting.room)
        try await anna.ask("MODE \(meeting.channel) +m", answer: "MODE")
        #expect(try await alice.expectOccupant(meeting.nick, in: room).item?["role"] == "visitor")

        let id = try alice.say("may I?", in: room)
        #expect(try await alice.expectError("message", id: id, from: room).error == "auth/forbidden")

        // +n is about people outside, who can write to a channel only by a command.
        let other = meeting.deployment.unique("#other")
        try await anna.join(other)
        let typed = try alice.say("/msg \(other) from outside", in: room)
        let refusal = try await alice.expectError("message", id: typed, from: room)
        #expect(refusal.errorText?.contains("external messages are not permitted") == true)
        try await anna.fence()
        #expect(anna.lines.present { $0.command == "PRIVMSG" }.isEmpty)
        try await meeting.end()
    }

    @Test("on ircd-hybrid an operator edits the list of bans, and sees the masks as they are")
    func bans() async throws {
        let meeting = try await Meeting.begin(on: .hybrid, in: Stage.deployment)
        let (alice, anna, room) = (meeting.alice, meeting.anna, meeting.room)
        try anna.send("MODE \(meeting.channel) +ob \(meeting.nick) *!*@bad.example")
        try await alice.expect("her rank") { $0.occupant == meeting.nick && $0.item?["role"] == "moderator" }

        let mask = meeting.deployment.address("*!*\\40bad.example", on: .hybrid)
        let outcasts = "<query xmlns='http://jabber.org/protocol/muc#admin'><item affiliation='outcast'/></query>"
        let list = try await alice.query("get", to: room, outcasts)
        #expect(list.child("query")?.all("item").compactMap { $0["jid"] } == [mask])
        let free = """
            <query xmlns='http://jabber.org/protocol/muc#admin'><item affiliation='none' jid='\(mask)'/></query>
            """
        #expect(try await alice.query("set", to: room, free).type == "result")
        #expect(try await alice.query("get", to: room, outcasts).child("query")?.all("item").isEmpty == true)
        try await meeting.end()
    }

    @Test(
        "on ircd-hybrid an entry that the channel refuses is an error with the reason and the id", arguments: Rooms.bars
    )
    func joinRefused(bar: Rooms.Bar) async throws {
        // The server takes *!*@* for a question for the list.
        let mode = bar.mode.hasPrefix("+b") ? "+b *!*@127.*" : bar.mode
        try await Rooms.expectRefusedEntry(on: .hybrid, mode: mode, error: bar.error)
    }

    @Test("on ircd-hybrid the list of channels comes with names, numbers and topics")
    func roomList() async throws {
        let deployment = try Stage.deployment
        let anna = try await deployment.ircUser("anna", on: .hybrid)
        let channel = deployment.unique("#list")
        try await anna.join(channel)
        try await anna.ask("TOPIC \(channel) :About tides", answer: "TOPIC")
        let alice = try await deployment.user("alice")
        try await alice.registerName(at: deployment.irc)

        let answer = try await alice.query(
            "get", to: deployment.address(of: .hybrid), "<query xmlns='http://jabber.org/protocol/disco#items'/>")

        let item = answer.child("query")?.all("item").first { $0["jid"] == deployment.address(channel, on: .hybrid) }
        #expect(item?["name"] == "\(channel) (1): About tides")
        anna.disconnect()
    }
}
