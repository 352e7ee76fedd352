import ServerRig
import Testing

extension Rooms {
    @Test("an occupant who goes away and comes back is shown so in the room")
    func awayOccupant() async throws {
        let meeting = try await Meeting.begin(on: .inspircd, in: Stage.deployment)
        let (alice, anna) = (meeting.alice, meeting.anna)

        try anna.send("AWAY :gone fishing")

        let away = try await alice.expectOccupant(anna.nick, in: meeting.room)
        #expect(away.child("show", "jabber:client")?.text == "away")
        #expect(away.child("status", "jabber:client")?.text == "gone fishing")
        try anna.send("AWAY")
        let back = try await alice.expectOccupant(anna.nick, in: meeting.room)
        #expect(back.child("show", "jabber:client") == nil)
        try await meeting.end()
    }

    @Test("somebody who enters is shown who is away and who is a bot")
    func detailsAtEntry() async throws {
        let meeting = try await Meeting.begin(on: .inspircd, in: Stage.deployment)
        let anna = meeting.anna
        try anna.send("AWAY :gone fishing")
        try anna.send("MODE \(anna.nick) +B")
        try await anna.fence()

        let carol = try await meeting.enter("carol")

        let told = try await carol.expect("the details of \(anna.nick)") {
            $0.name == "presence" && $0.from == "\(meeting.room)/\(anna.nick)"
                && $0.child("show", "jabber:client") != nil
        }
        let hats = told.child("hats", "urn:xmpp:hats:0")?.all("hat").compactMap { $0.attributes["title"] }
        #expect(hats == ["Bot"])
        try await carol.disconnect()
        try await meeting.end()
    }
}
