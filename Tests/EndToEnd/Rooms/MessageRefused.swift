import ServerRig
import Testing

extension Rooms {
    @Test(
        "a message that the channel refuses comes back as an error and is not reflected",
        arguments: Plan.Network.allCases)
    func moderated(network: Plan.Network) async throws {
        let meeting = try await Meeting.begin(on: network, in: Stage.deployment)
        try await refused(in: meeting, after: "MODE \(meeting.channel) +m")
    }

    @Test("a user who is banned while inside is told that a message was refused")
    func banned() async throws {
        let meeting = try await Meeting.begin(on: .inspircd, in: Stage.deployment)
        try await refused(in: meeting, after: "MODE \(meeting.channel) +b \(meeting.nick)!*@*")
    }

    private func refused(in meeting: Meeting, after mode: String) async throws {
        try await meeting.anna.ask(mode, answer: "MODE")

        let id = try meeting.alice.say("may I?", in: meeting.room)

        let refusal = try await meeting.alice.expectError("message", id: id, from: meeting.room)
        #expect(refusal.error == "auth/forbidden")
        #expect(refusal.errorText?.isEmpty == false)
        try await meeting.alice.fence(meeting.deployment.irc)
        #expect(meeting.alice.stanzas.present { $0.type == "groupchat" && $0.body == "may I?" }.isEmpty)
        try await meeting.anna.fence()
        #expect(meeting.anna.lines.present { $0.command == "PRIVMSG" }.isEmpty)
        try await meeting.end()
    }
}
