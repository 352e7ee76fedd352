import ServerRig
import Testing

extension Rooms {
    @Test(
        "an entry under a nick that somebody else has is refused with conflict, and another nick is let in",
        arguments: Plan.Network.allCases)
    func nickConflictAtJoin(network: Plan.Network) async throws {
        let deployment = try Stage.deployment
        let anna = try await deployment.ircUser("anna", on: network)
        let channel = deployment.unique("#harbour")
        try await anna.join(channel)
        let room = deployment.address(channel, on: network)
        let alice = try await deployment.user("alice")

        try alice.askToJoin(room, as: anna.nick)

        let refusal = try await alice.expect("a refusal") { $0.type == "error" && $0.isFrom(room: room) }
        #expect(refusal.error == "cancel/conflict" && refusal.from == room + "/" + anna.nick)
        let entry = try await alice.join(room, as: alice.account.name)
        #expect(entry.own?.statusCodes == ["110"] && entry.occupants == [anna.nick])
        try alice.say("somebody like you", in: room)
        try await anna.expectMessage("somebody like you", from: alice.account.name, to: channel)
    }

    @Test("a change to a nick that is taken is refused with conflict and changes nothing")
    func nickConflictOnChange() async throws {
        let meeting = try await Meeting.begin(on: .ngircd, in: Stage.deployment)

        try meeting.alice.send("<presence to='\(meeting.room)/\(meeting.anna.nick)'/>")

        let refusal = try await meeting.alice.expect("a refusal") { $0.type == "error" }
        #expect(refusal.error == "cancel/conflict")
        #expect(refusal.from == meeting.room + "/" + meeting.anna.nick)
        try meeting.alice.say("still here", in: meeting.room)
        try await meeting.anna.expectMessage("still here", from: meeting.nick, to: meeting.channel)
        try await meeting.end()
    }

    @Test("a nick that IRC cannot have is refused as malformed", arguments: ["9lives", "two words", "a:b"])
    func invalidNick(nick: String) async throws {
        let meeting = try await Meeting.begin(on: .ngircd, in: Stage.deployment)

        try meeting.alice.send("<presence to='\(meeting.room)/\(nick)'/>")

        let refusal = try await meeting.alice.expect("a refusal") { $0.type == "error" }
        #expect(refusal.error == "modify/jid-malformed")
        try await meeting.anna.fence()
        #expect(meeting.anna.lines.present { $0.command == "NICK" }.isEmpty)
        try await meeting.end()
    }
}
