import ServerRig
import Testing

extension Rooms {
    @Test("a typed command is never said: it is done, or refused in words", arguments: Plan.Network.allCases)
    func typedCommands(network: Plan.Network) async throws {
        let meeting = try await Meeting.begin(on: network, in: Stage.deployment)

        let refused = try meeting.alice.say("/mode +k SECRET", in: meeting.room)
        let error = try await meeting.alice.expectError("message", id: refused, from: meeting.room)
        #expect(error.errorText?.isEmpty == false)
        let unknown = try meeting.alice.say("/mdoe +k SECRET", in: meeting.room)
        let words = try await meeting.alice.expectError("message", id: unknown, from: meeting.room)
        #expect(words.errorText?.contains("Write // to say a text that begins with a slash") == true)

        try meeting.anna.send("MODE \(meeting.channel) +o \(meeting.nick)")
        try meeting.alice.say("/topic Tea at five", in: meeting.room)
        try await meeting.anna.expect("the topic") { $0.command == "TOPIC" && $0.last == "Tea at five" }
        try await meeting.alice.expect("the answer") { $0.from == meeting.room && $0.body == "Done." }
        try meeting.alice.say("/mode +k sesame", in: meeting.room)
        try await meeting.anna.expect("the key") {
            $0.command == "MODE" && $0[1] == "+k" && $0[2] == "sesame"
        }
        // All that was said: the last line, with one slash.
        try meeting.alice.say("//mode is a command", in: meeting.room)
        let said = try await meeting.anna.expect("a line of alice") {
            $0.command == "PRIVMSG" && $0.source == meeting.nick
        }
        #expect(said.last == "/mode is a command")
        try await meeting.alice.expectSaid("/mode is a command", by: meeting.nick, in: meeting.room)
        try await meeting.end()
    }
}
