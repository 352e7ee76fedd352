import ServerRig
import Testing

extension Rooms {
    @Test("who is put into a channel by the network is invited to the room, and needs no second JOIN")
    func forcedEntry() async throws {
        let meeting = try await Meeting.begin(on: .inspircd, in: Stage.deployment)
        let channel = meeting.deployment.unique("#forced")
        let room = meeting.deployment.address(channel, on: .inspircd)
        try await meeting.anna.join(channel)
        try await meeting.anna.ask("OPER root secret", answer: "381")

        try meeting.anna.send("SAJOIN \(meeting.nick) \(channel)")

        try await meeting.alice.expect("an invitation from \(room)") {
            $0.name == "message" && $0.from == room
                && $0.child("x", "http://jabber.org/protocol/muc#user")?.child("invite") != nil
        }
        try await meeting.anna.expect("alice to be in") { $0.command == "JOIN" && $0.source == meeting.nick }
        let entry = try await meeting.alice.join(room, as: meeting.nick)
        #expect(entry.occupants == [meeting.anna.nick])
        try await meeting.anna.fence()
        #expect(meeting.anna.lines.present { $0.command == "JOIN" && $0.source == meeting.nick }.isEmpty)
        try await meeting.end()
    }

    @Test("a nick that the network forces on a user is shown with 303 and 110")
    func forcedNick() async throws {
        let meeting = try await Meeting.begin(on: .inspircd, in: Stage.deployment)
        try await meeting.anna.ask("OPER root secret", answer: "381")
        let new = meeting.deployment.unique("Guest")

        try meeting.anna.send("SANICK \(meeting.nick) \(new)")

        let old = try await meeting.alice.expectOccupant(meeting.nick, in: meeting.room, "unavailable")
        #expect(Set(old.statusCodes) == ["303", "110"] && old.item?["nick"] == new)
        #expect(try await meeting.alice.expectOccupant(new, in: meeting.room).statusCodes.contains("110"))
        let id = try meeting.alice.say("who am I?", in: meeting.room)
        #expect(try await meeting.alice.expectSaid("who am I?", by: new, in: meeting.room).id == id)
        try await meeting.end()
    }

    @Test("who is taken out of a channel by the network is told so, and may not talk there any more")
    func forcedDeparture() async throws {
        let meeting = try await Meeting.begin(on: .inspircd, in: Stage.deployment)
        try await meeting.anna.ask("OPER root secret", answer: "381")

        try meeting.anna.send("SAPART \(meeting.nick) \(meeting.channel) :out with you")

        let told = try await meeting.alice.expectOccupant(meeting.nick, in: meeting.room, "unavailable")
        #expect(told.statusCodes.contains("110"))
        let id = try meeting.alice.say("hello?", in: meeting.room)
        let refusal = try await meeting.alice.expectError("message", id: id, from: meeting.room)
        #expect(refusal.error == "modify/not-acceptable")
        try await meeting.end()
    }

    @Test("a full channel that forwards to another one ends the entry with the other room's address")
    func forwarded() async throws {
        let deployment = try Stage.deployment
        let anna = try await deployment.ircUser("anna", on: .inspircd)
        let (full, other) = (deployment.unique("#full"), deployment.unique("#overflow"))
        try await anna.join(full)
        try await anna.join(other)
        try await anna.ask("MODE \(full) +lL 1 \(other)", answer: "MODE")
        let alice = try await deployment.user("alice")
        let room = deployment.address(full, on: .inspircd)

        try alice.askToJoin(room, as: alice.account.name, id: "join")

        let refusal = try await alice.expectError("presence", id: "join", from: room + "/" + alice.account.name)
        let target = refusal.child("error")?.children.first { ["redirect", "gone"].contains($0.name) }
        #expect(target?.text.contains(other.dropFirst()) == true)
        anna.disconnect()
        try await alice.disconnect()
    }
}
