import ServerRig
import Testing

extension Rooms {
    @Test(
        "channels with odd names are rooms with escaped addresses",
        arguments: [("&local", #"\26local"#), ("#50%", "#50%25"), ("#a@b", #"#a\40b"#), ("#a/b", #"#a\2fb"#)])
    func oddChannels(name: String, local: String) async throws {
        let deployment = try Stage.deployment
        let mark = deployment.unique("x")
        let anna = try await deployment.ircUser("anna", on: .ngircd)
        try await anna.join(name + mark)
        let alice = try await deployment.user("alice")
        let room = deployment.address(local + mark, on: .ngircd)

        let entry = try await alice.join(room, as: alice.account.name)

        #expect(entry.occupants == [anna.nick])
        try alice.say("found it", in: room)
        try await anna.expectMessage("found it", from: alice.account.name, to: name + mark)
        try anna.say("welcome", to: name + mark)
        try await alice.expectSaid("welcome", by: anna.nick, in: room)
        anna.disconnect()
        try await alice.disconnect()
    }

    @Test("people with odd nicks talk in rooms and in private", arguments: ["[x]", "a|b^", "{y}", "`z`", "d-e"])
    func oddNicks(nick: String) async throws {
        let meeting = try await Meeting.begin(on: .ngircd, in: Stage.deployment)
        let odd = try await meeting.deployment.ircUser(nick, on: .ngircd)
        try await odd.join(meeting.channel)
        try await meeting.alice.expectOccupant(odd.nick, in: meeting.room)
        try odd.say("hello", to: meeting.channel)
        try await meeting.alice.expectSaid("hello", by: odd.nick, in: meeting.room)
        try meeting.alice.chat("psst", to: meeting.room + "/" + odd.nick)
        try await odd.expectMessage("psst", from: meeting.nick, to: odd.nick)
        try odd.say("yes?", to: meeting.nick)
        try await meeting.alice.expectChat("yes?", from: meeting.room + "/" + odd.nick)
        odd.disconnect()
        try await meeting.end()
    }

    @Test("a channel whose name IRC writes in capitals is one room, in lower case")
    func capitals() async throws {
        let deployment = try Stage.deployment
        let channel = deployment.unique("#Harbour")
        let anna = try await deployment.ircUser("anna", on: .ngircd)
        try await anna.join(channel)
        let alice = try await deployment.user("alice")
        let room = deployment.address(channel.lowercased(), on: .ngircd)

        #expect(try await alice.join(room, as: alice.account.name).occupants == [anna.nick])
        try anna.say("one room", to: channel.uppercased())
        try await alice.expectSaid("one room", by: anna.nick, in: room)
        anna.disconnect()
        try await alice.disconnect()
    }

    @Test(
        "a name that is too long for the network ends the entry with the network's words",
        arguments: Plan.Network.allCases)
    func longName(network: Plan.Network) async throws {
        let deployment = try Stage.deployment
        let alice = try await deployment.user("alice")
        let room = deployment.address("#" + String(repeating: "x", count: 80), on: network)
        try alice.askToJoin(room, as: alice.account.name, id: "join")
        let refusal = try await alice.expectError("presence", id: "join", from: room + "/" + alice.account.name)
        #expect(["cancel/item-not-found", "modify/jid-malformed"].contains(refusal.error))
        #expect(refusal.errorText?.isEmpty == false)
        try await alice.disconnect()
    }

    @Test("rooms of one name on two networks stay apart")
    func twoNetworks() async throws {
        let meeting = try await Meeting.begin(on: .ngircd, in: Stage.deployment)
        let dora = try await meeting.deployment.ircUser("dora", on: .inspircd)
        try await dora.join(meeting.channel)
        let other = meeting.deployment.address(meeting.channel, on: .inspircd)
        #expect(try await meeting.alice.join(other, as: meeting.nick).occupants == [dora.nick])

        try meeting.alice.say("to the first", in: meeting.room)
        try meeting.alice.say("to the second", in: other)
        try await meeting.anna.expectMessage("to the first", from: meeting.nick, to: meeting.channel)
        try await dora.expectMessage("to the second", from: meeting.nick, to: meeting.channel)
        try await meeting.anna.fence()
        try await dora.fence()
        #expect((meeting.anna.lines.present() + dora.lines.present()).allSatisfy { $0.command != "PRIVMSG" })
        dora.disconnect()
        try await meeting.end()
    }
}
