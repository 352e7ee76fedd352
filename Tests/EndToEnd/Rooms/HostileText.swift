import ServerRig
import Testing

extension Rooms {
    @Test("line breaks in a reason, a subject or a password make no second line on IRC")
    func lineBreaks() async throws {
        let meeting = try await Meeting.begin(on: .ngircd, in: Stage.deployment)
        let (alice, anna, room) = (meeting.alice, meeting.anna, meeting.room)
        try anna.send("MODE \(meeting.channel) -t")

        try alice.send(
            "<message type='groupchat' to='\(room)' id='s1'><subject>high&#10;QUIT :low</subject></message>")
        let topic = try await anna.expect("the topic") { $0.command == "TOPIC" && $0.source == meeting.nick }
        #expect(topic.last == "high QUIT :low")
        let other = meeting.deployment.address(meeting.deployment.unique("#other"), on: .ngircd)
        try alice.askToJoin(other, as: meeting.nick, password: "a\nQUIT", id: "key")
        #expect(try await alice.expectError("presence", id: "key", from: other + "/" + meeting.nick).errorText != nil)
        try alice.send(
            "<presence type='unavailable' to='\(room)/\(meeting.nick)'><status>bye&#10;PRIVMSG \(anna.nick) :boo</status></presence>"
        )
        let part = try await anna.expect("the PART") { $0.command == "PART" && $0.source == meeting.nick }
        #expect(part.last.contains("bye"))
        try await anna.fence()
        #expect(anna.lines.present { ["PRIVMSG", "QUIT"].contains($0.command) }.isEmpty)
        try await meeting.end()
    }

    @Test("control characters and markup in a line of IRC harm no stream", arguments: Plan.Network.allCases)
    func controlCharacters(network: Plan.Network) async throws {
        let meeting = try await Meeting.begin(on: network, in: Stage.deployment)
        try meeting.anna.say("a\u{7}b\u{1B}[31m </body></message> ]]> \u{FFFF}\u{3}4,5red", to: meeting.channel)
        let said = try await meeting.alice.expect("the line") {
            $0.type == "groupchat" && $0.body?.contains("</body></message> ]]>") == true
        }
        #expect(said.body?.hasSuffix("red") == true && said.body?.unicodeScalars.contains { $0.value < 0x20 } == false)
        try meeting.anna.say("still here", to: meeting.channel)
        try await meeting.alice.expectSaid("still here", by: meeting.anna.nick, in: meeting.room)
        try await meeting.end()
    }

    @Test("a line in Latin-1 is read, and a torn character at its end is lost alone")
    func latin1() async throws {
        let meeting = try await Meeting.begin(on: .ngircd, in: Stage.deployment)
        try meeting.anna.send(bytes: Array("PRIVMSG \(meeting.channel) :gr".utf8) + [0xFC] + Array("n".utf8))
        try await meeting.alice.expectSaid("grün", by: meeting.anna.nick, in: meeting.room)
        try meeting.anna.send(bytes: Array("PRIVMSG \(meeting.channel) :smile ".utf8) + [0xF0, 0x9F, 0x98])
        try await meeting.alice.expectSaid("smile ", by: meeting.anna.nick, in: meeting.room)
        try await meeting.end()
    }
}
