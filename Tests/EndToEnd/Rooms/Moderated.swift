import ServerRig
import Testing

extension Rooms {
    @Test(
        "in a moderated channel, an occupant without voice is a visitor, and service discovery tells the mode",
        arguments: Plan.Network.allCases)
    func visitors(network: Plan.Network) async throws {
        let meeting = try await Meeting.begin(on: network, in: Stage.deployment)
        let (alice, anna, room) = (meeting.alice, meeting.anna, meeting.room)

        try anna.send("MODE \(meeting.channel) +m")
        let silenced = try await alice.expectOccupant(meeting.nick, in: room)
        #expect(silenced.item?["role"] == "visitor" && silenced.statusCodes == ["110"])
        try await alice.expect("the change of the room") { $0.from == room && $0.statusCodes == ["104"] }
        #expect(try await features(of: room, for: alice).contains("muc_moderated"))

        try anna.send("MODE \(meeting.channel) +v \(meeting.nick)")
        #expect(try await alice.expectOccupant(meeting.nick, in: room).item?["role"] == "participant")

        try anna.send("MODE \(meeting.channel) -v \(meeting.nick)")
        #expect(try await alice.expectOccupant(meeting.nick, in: room).item?["role"] == "visitor")
        try anna.send("MODE \(meeting.channel) -m")
        #expect(try await alice.expectOccupant(meeting.nick, in: room).item?["role"] == "participant")
        #expect(try await features(of: room, for: alice).contains("muc_unmoderated"))
        try await meeting.end()
    }

    /// The features of a room, as disco#info lists them.
    func features(of room: String, for user: XMPPUser) async throws -> Set<String> {
        let query = try await user.info(of: room).child("query", "http://jabber.org/protocol/disco#info")
        return Set(query?.all("feature").compactMap { $0["var"] } ?? [])
    }
}
