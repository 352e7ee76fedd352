import ServerRig
import Testing

extension Rooms {
    @Test("changes of modes are shown in words by the room itself", arguments: Plan.Network.allCases)
    func modeWords(network: Plan.Network) async throws {
        let meeting = try await Meeting.begin(on: network, in: Stage.deployment)

        try meeting.anna.send("MODE \(meeting.channel) +o \(meeting.nick)")

        let words = "Mode \(meeting.channel) [+o \(meeting.nick)] by \(meeting.anna.nick)"
        let room = meeting.room
        let told = try await meeting.alice.expect(words) { $0.body == words }
        #expect(told.from == room && told.type == "groupchat")
        try await meeting.end()
    }
}
