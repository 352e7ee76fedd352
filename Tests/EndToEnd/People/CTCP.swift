import ServerRig
import Testing

extension People {
    @Test("questions by CTCP are answered, and are shown to nobody", arguments: Plan.Network.allCases)
    func ctcpAnswers(network: Plan.Network) async throws {
        let meeting = try await Meeting.begin(on: network, in: Stage.deployment)
        let (alice, anna) = (meeting.alice, meeting.anna)
        for (question, answer) in [
            ("VERSION", "\u{1}VERSION Martlet"), ("PING 12345", "\u{1}PING 12345\u{1}"), ("TIME", "\u{1}TIME 20"),
        ] {
            try anna.say("\u{1}\(question)\u{1}", to: meeting.nick)
            try await anna.expect("the answer to \(question)") {
                $0.command == "NOTICE" && $0.source == meeting.nick && $0.last.hasPrefix(answer)
            }
        }
        try await alice.fence(meeting.deployment.irc)
        let surplus = alice.stanzas.present { $0.name == "message" && $0.body?.contains("VERSION") == true }
        #expect(surplus.isEmpty)
        try await meeting.end()
    }

    @Test(
        "a direct connection (DCC) is refused, and the user is told",
        arguments: ["SEND a.png 2130706433 5000 9", "CHAT chat 2130706433 5000"])
    func dcc(offer: String) async throws {
        let meeting = try await Meeting.begin(on: .ngircd, in: Stage.deployment)
        try meeting.anna.say("\u{1}DCC \(offer)\u{1}", to: meeting.nick)
        try await meeting.anna.expect("the refusal") {
            $0.command == "NOTICE" && $0.source == meeting.nick && $0.last.contains("DCC")
        }
        try await meeting.alice.expect("word of the offer") {
            $0.from == meeting.deployment.address(of: .ngircd) && $0.body?.contains("DCC") == true
        }
        try await meeting.end()
    }

    @Test("a flood of CTCP questions is not answered in full")
    func ctcpFlood() async throws {
        let meeting = try await Meeting.begin(on: .inspircd, in: Stage.deployment)
        for _ in 0..<20 { try meeting.anna.say("\u{1}VERSION\u{1}", to: meeting.nick) }
        // A message behind the questions shows that all of them have been read.
        try meeting.anna.say("done", to: meeting.nick)
        try await meeting.alice.expect("the last line") { $0.body == "done" }
        try meeting.alice.say("fence", in: meeting.room)
        try await meeting.anna.expectMessage("fence", from: meeting.nick, to: meeting.channel)
        let answers = meeting.anna.lines.present { $0.command == "NOTICE" && $0.source == meeting.nick }
        #expect((1...3).contains(answers.count))
        try await meeting.end()
    }

    @Test("a ping of an occupant is asked by CTCP, and one of somebody who is not there is an error")
    func pingOfOccupants() async throws {
        let meeting = try await Meeting.begin(on: .ngircd, in: Stage.deployment)
        let ping = "<ping xmlns='urn:xmpp:ping'/>"
        try meeting.alice.send(
            "<iq type='get' id='p1' to='\(meeting.room)/\(meeting.anna.nick)'>\(ping)</iq>")
        let question = try await meeting.anna.expect("a CTCP PING") {
            $0.command == "PRIVMSG" && $0.last.hasPrefix("\u{1}PING ")
        }
        try meeting.anna.send("NOTICE \(meeting.nick) :\(question.last)")
        let answer = try await meeting.alice.expect("the answer") { $0.name == "iq" && $0.id == "p1" }
        #expect(answer.type == "result")
        let nobody = try await meeting.alice.query("get", to: meeting.room + "/nobody", ping)
        #expect(nobody.type == "error")
        try await meeting.end()
    }
}
