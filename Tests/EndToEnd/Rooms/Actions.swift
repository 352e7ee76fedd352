import ServerRig
import Testing

extension Rooms {
    @Test("an action is shown as an action on both sides", arguments: Plan.Network.allCases)
    func actions(network: Plan.Network) async throws {
        let meeting = try await Meeting.begin(on: network, in: Stage.deployment)

        try meeting.alice.say("/me waves", in: meeting.room)
        try await meeting.anna.expectMessage("\u{1}ACTION waves\u{1}", from: meeting.nick, to: meeting.channel)
        try await meeting.alice.expectSaid("/me waves", by: meeting.nick, in: meeting.room)

        try meeting.anna.say("\u{1}ACTION waves back\u{1}", to: meeting.channel)
        try await meeting.alice.expectSaid("/me waves back", by: meeting.anna.nick, in: meeting.room)
        try await meeting.end()
    }
}
