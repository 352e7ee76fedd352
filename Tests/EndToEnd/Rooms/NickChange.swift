import ServerRig
import Testing

extension Rooms {
    @Test("a user's new nick is shown on IRC and confirmed with 303 and 110", arguments: Plan.Network.allCases)
    func ownNickChange(network: Plan.Network) async throws {
        let meeting = try await Meeting.begin(on: network, in: Stage.deployment)
        let (alice, room) = (meeting.alice, meeting.room)
        let new = meeting.deployment.unique("Captain")

        try alice.send("<presence to='\(room)/\(new)'/>")

        let change = try await meeting.anna.expect("the new nick") { $0.command == "NICK" && $0.source == meeting.nick }
        #expect(change.last == new)
        let old = try await alice.expectOccupant(meeting.nick, in: room, "unavailable")
        #expect(Set(old.statusCodes) == ["303", "110"])
        #expect(old.item?["nick"] == new)
        let now = try await alice.expectOccupant(new, in: room)
        #expect(now.statusCodes == ["110"])

        let id = try alice.say("it is still me", in: room)
        #expect(try await alice.expectSaid("it is still me", by: new, in: room).id == id)
        try await meeting.anna.expectMessage("it is still me", from: new, to: meeting.channel)
        try await meeting.end()
    }

    @Test(
        "a nick that a user changes by a typed command or a raw line is confirmed as well, and stays the user's own",
        arguments: [(Plan.Network.inspircd, true), (.inspircd, false), (.ngircd, true)])
    func typedNickChange(network: Plan.Network, isTyped: Bool) async throws {
        let meeting = try await Meeting.begin(on: network, in: Stage.deployment)
        let (alice, room) = (meeting.alice, meeting.room)
        let new = meeting.deployment.unique("Captain")

        if isTyped {
            try alice.say("/nick \(new)", in: room)
        } else {
            try alice.chat("NICK \(new)", to: meeting.deployment.address(of: network))
        }

        let old = try await alice.expectOccupant(meeting.nick, in: room, "unavailable")
        #expect(Set(old.statusCodes) == ["303", "110"])
        #expect(try await alice.expectOccupant(new, in: room).statusCodes == ["110"])
        let id = try alice.say("it is still me", in: room)
        #expect(try await alice.expectSaid("it is still me", by: new, in: room).id == id)
        try await meeting.end()
    }

    @Test("an IRC user's new nick is shown with 303", arguments: Plan.Network.allCases)
    func othersNickChange(network: Plan.Network) async throws {
        let meeting = try await Meeting.begin(on: network, in: Stage.deployment)
        let new = meeting.deployment.unique("Annabel")

        try meeting.anna.send("NICK \(new)")

        let old = try await meeting.alice.expectOccupant(meeting.anna.nick, in: meeting.room, "unavailable")
        #expect(old.statusCodes == ["303"])
        #expect(old.item?["nick"] == new)
        let now = try await meeting.alice.expectOccupant(new, in: meeting.room)
        #expect(now.statusCodes.isEmpty)
        #expect(now.item?["role"] == "moderator")
        try await meeting.end()
    }
}
