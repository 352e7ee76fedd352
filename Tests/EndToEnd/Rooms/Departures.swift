import ServerRig
import Testing

extension Rooms {
    @Test("the reason of an IRC user's departure is shown", arguments: ["PART", "QUIT"])
    func othersLeave(command: String) async throws {
        let meeting = try await Meeting.begin(on: .ngircd, in: Stage.deployment)

        try meeting.anna.send(command == "PART" ? "PART \(meeting.channel) :gone fishing" : "QUIT :gone fishing")

        let gone = try await meeting.alice.expectOccupant(meeting.anna.nick, in: meeting.room, "unavailable")
        #expect(gone.child("status", "jabber:client")?.text.contains("gone fishing") == true)
        #expect(gone.statusCodes.isEmpty)
        #expect(gone.item?["role"] == "none")
        try await meeting.alice.disconnect()
    }

    @Test("a user whose last resource goes offline leaves the channel")
    func userGoesOffline() async throws {
        let meeting = try await Meeting.begin(on: .ngircd, in: Stage.deployment)

        try await meeting.alice.disconnect()

        try await meeting.anna.expect("\(meeting.nick) to go") {
            ["PART", "QUIT"].contains($0.command) && $0.source == meeting.nick
        }
        meeting.anna.disconnect()
    }
}
