import ServerRig
import Testing

extension People {
    @Test("the vCard of a person has the facts of WHOIS", arguments: Plan.Network.allCases)
    func card(network: Plan.Network) async throws {
        let meeting = try await Meeting.begin(on: network, in: Stage.deployment)
        for address in [
            meeting.deployment.address(meeting.anna.nick, on: network), meeting.room + "/" + meeting.anna.nick,
        ] {
            let answer = try await meeting.alice.query("get", to: address, "<vCard xmlns='vcard-temp'/>")
            let card = try #require(answer.child("vCard"))
            #expect(card.child("NICKNAME")?.text == meeting.anna.nick)
            #expect(card.child("DESC")?.text.contains("Real name: \(meeting.anna.nick)") == true)
        }
        let nobody = meeting.deployment.address(meeting.deployment.unique("nobody"), on: network)
        let refusal = try await meeting.alice.query("get", to: nobody, "<vCard xmlns='vcard-temp'/>")
        #expect(refusal.error == "cancel/item-not-found")
        try await meeting.end()
    }

    @Test("queries for a person's software version and pings become CTCP requests", arguments: Plan.Network.allCases)
    func program(network: Plan.Network) async throws {
        let meeting = try await Meeting.begin(on: network, in: Stage.deployment)
        let (alice, anna) = (meeting.alice, meeting.anna)
        let peer = meeting.deployment.address(anna.nick, on: network)

        try alice.send("<iq type='get' id='version' to='\(peer)'><query xmlns='jabber:iq:version'/></iq>")
        try await anna.expectMessage("\u{1}VERSION\u{1}", from: meeting.nick, to: anna.nick)
        try anna.send("NOTICE \(meeting.nick) :\u{1}VERSION irssi 1.4\u{1}")
        let version = try await alice.expect("the version") { $0.name == "iq" && $0.id == "version" }
        #expect(version.child("query")?.child("name")?.text == "irssi 1.4")

        try alice.send("<iq type='get' id='time' to='\(peer)'><time xmlns='urn:xmpp:time'/></iq>")
        try await anna.expectMessage("\u{1}TIME\u{1}", from: meeting.nick, to: anna.nick)
        try anna.send("NOTICE \(meeting.nick) :\u{1}TIME Fri, 02 Jan 2026 04:04:05 +0100\u{1}")
        let time = try await alice.expect("the time") { $0.name == "iq" && $0.id == "time" }
        #expect(time.child("time")?.child("utc")?.text == "2026-01-02T03:04:05Z")
        #expect(time.child("time")?.child("tzo")?.text == "+01:00")

        try alice.send("<iq type='get' id='ping' to='\(peer)'><ping xmlns='urn:xmpp:ping'/></iq>")
        let question = try await anna.expect("a CTCP PING") {
            $0.command == "PRIVMSG" && $0.last.hasPrefix("\u{1}PING ")
        }
        try anna.send("NOTICE \(meeting.nick) :\(question.last)")
        let pong = try await alice.expect("the answer") { $0.name == "iq" && $0.id == "ping" }
        #expect(pong.type == "result")

        try anna.say("\u{1}CLIENTINFO\u{1}", to: meeting.nick)
        try await anna.expect("the answer to CLIENTINFO") {
            $0.command == "NOTICE" && $0.source == meeting.nick && $0.last.hasPrefix("\u{1}CLIENTINFO ACTION")
        }
        try await meeting.end()
    }
}
