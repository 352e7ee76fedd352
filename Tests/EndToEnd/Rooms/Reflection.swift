import ServerRig
import Testing

extension Rooms {
    @Test(
        "messages are reflected once each, with their ids, in the order they were sent",
        arguments: Plan.Network.allCases)
    func reflection(network: Plan.Network) async throws {
        let meeting = try await Meeting.begin(on: network, in: Stage.deployment)
        let texts = (1...12).map { "wave \($0)" }

        let ids = try texts.map { try meeting.alice.say($0, in: meeting.room) }

        let last = texts.last
        let own = meeting.room + "/" + meeting.nick
        let reflected = try await meeting.alice.stanzas.sequence("all reflections", within: .seconds(60)) {
            $0.type == "groupchat" && $0.from == own
        } through: {
            $0.body == last
        }
        #expect(reflected.map(\.id) == ids)
        #expect(reflected.compactMap(\.body) == texts)
        for text in texts { try await meeting.anna.expectMessage(text, from: meeting.nick, to: meeting.channel) }
        try await meeting.end()
    }
}
