import ServerRig
import Testing

extension Rooms {
    @Test("reactions reach the other side in both directions, with that side's id of the message")
    func reactions() async throws {
        let meeting = try await Meeting.begin(on: .inspircd, in: Stage.deployment)
        let bob = try await Stage.deployment.ircUser(
            "bob", on: .inspircd, capabilities: ["message-tags", "echo-message"])
        try await bob.join(meeting.channel)

        // Bob speaks; Alice reacts, and Bob sees it under the id that his network has given the message.
        try bob.say("ahoy", to: meeting.channel)
        let echo = try await bob.expect("the echo of his message") { $0.command == "PRIVMSG" && $0.last == "ahoy" }
        let named = try #require(echo.tag("msgid"))
        let shown = try await meeting.alice.expectSaid("ahoy", by: bob.nick, in: meeting.room)
        try meeting.alice.react("👋", toStanzaIDOf: shown, in: meeting.room)
        try await bob.expect("her reaction") {
            $0.command == "TAGMSG" && $0.tag("+draft/react") == "👋" && $0.tag("+draft/reply") == named
        }
        try await meeting.alice.expectReaction("👋", by: meeting.nick, to: shown, in: meeting.room)

        // Bob reacts, and Alice sees it under the stanza-id that the room has given the message.
        try bob.react("🐢", to: named, in: meeting.channel)
        try await meeting.alice.expectReaction("🐢", by: bob.nick, to: shown, in: meeting.room)
        try await meeting.end()
    }
}
