import ServerRig
import Testing

extension Rooms {
    @Test("a topic that is taken away is shown as an empty subject", arguments: Plan.Network.allCases)
    func topicCleared(network: Plan.Network) async throws {
        let meeting = try await Meeting.begin(on: network, in: Stage.deployment)
        try meeting.anna.send("TOPIC \(meeting.channel) :high water")
        try await meeting.alice.expect("the topic") { $0.child("subject")?.text == "high water" }
        try meeting.anna.send("TOPIC \(meeting.channel) :")
        let cleared = try await meeting.alice.expect("no topic") { $0.child("subject")?.text == "" }
        #expect(cleared.from == meeting.room + "/" + meeting.anna.nick && cleared.body == nil)
        try await meeting.end()
    }

    @Test("a topic that is too long for the network is refused and not cut")
    func longTopic() async throws {
        let meeting = try await Meeting.begin(on: .inspircd, in: Stage.deployment)
        let long = String(repeating: "x", count: 391)
        try meeting.alice.send(
            "<message type='groupchat' to='\(meeting.room)' id='long'><subject>\(long)</subject></message>")
        let refusal = try await meeting.alice.expectError("message", id: "long", from: meeting.room)
        #expect(refusal.errorText?.contains("390") == true)
        try await meeting.anna.fence()
        #expect(meeting.anna.lines.present { $0.command == "TOPIC" }.isEmpty)
        try await meeting.end()
    }
}
