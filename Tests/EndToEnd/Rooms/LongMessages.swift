import ServerRig
import Testing

extension Rooms {
    @Test(
        "a long message is sent in pieces without loss, and is reflected once", arguments: Plan.Network.allCases)
    func longMessage(network: Plan.Network) async throws {
        let meeting = try await Meeting.begin(on: network, in: Stage.deployment)
        let text = (1...120).map { "größe\($0)" }.joined(separator: " ")

        let id = try meeting.alice.say(text, in: meeting.room)

        let reflection = try await meeting.alice.expectSaid(text, by: meeting.nick, in: meeting.room)
        #expect(reflection.id == id)
        try meeting.alice.say("end", in: meeting.room)
        let pieces = try await meeting.anna.lines.sequence("the pieces", within: .patience) {
            $0.command == "PRIVMSG"
        } through: {
            $0.last == "end"
        }.dropLast()
        #expect(pieces.count > 1)
        #expect(pieces.allSatisfy { $0.text.utf8.count <= 510 + $0.tags.utf8.count + 2 })
        let received = pieces.map { $0.last.trimming }.joined(separator: " ")
        #expect(received == text)
        try await meeting.end()
    }

    @Test("each line of a message is a message on IRC, and the whole is reflected once")
    func severalLines() async throws {
        let meeting = try await Meeting.begin(on: .inspircd, in: Stage.deployment)

        let id = try meeting.alice.say("one\ntwo\n\nthree", in: meeting.room)

        for line in ["one", "two", "three"] {
            try await meeting.anna.expectMessage(line, from: meeting.nick, to: meeting.channel)
        }
        let reflection = try await meeting.alice.expectSaid("one\ntwo\n\nthree", by: meeting.nick, in: meeting.room)
        #expect(reflection.id == id)
        try await meeting.alice.fence(meeting.deployment.irc)
        #expect(meeting.alice.stanzas.present { $0.type == "groupchat" && $0.body != nil }.isEmpty)
        try await meeting.end()
    }
}

extension String {
    fileprivate var trimming: String {
        String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}
