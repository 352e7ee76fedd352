import GatewayKit
import NIOCore
import Testing

@testable import IRCAdapter

/// Questions about people, and our own presence.
struct PeerQuestionTests {
    private static let anna = ClientScript.anna

    @Test("WHOIS becomes a profile", arguments: ClientScript.Kind.allCases)
    func profile(kind: ClientScript.Kind) throws {
        var script = try ClientScript.ready(kind)
        let id = script.perform(.ask(.profile(Self.anna)))
        #expect(script.written.last?.hasSuffix("WHOIS anna") == true)
        try script.receive(
            ":s 311 me Anna u h.example * :Anna A.", ":s 312 me Anna irc.example :A server", ":s 301 me Anna :lunch",
            ":s 330 me Anna annas :is logged in as", ":s 671 me Anna :is using a secure connection",
            ":s 319 me Anna :#c @#d", ":s 317 me Anna 5 1700000000 :seconds idle, signon time", ":s 318 me Anna :End")
        let details = [
            Profile.Detail("Address", "u@h.example"), .init("Real name", "Anna A."),
            .init("Server", "irc.example: A server"),
            .init("Account", "annas"), .init("Encryption", "is using a secure connection"), .init("Channels", "#c @#d"),
            .init("Idle", "5 seconds"), .init("Online since", "2023-11-14T22:13:20Z"),
        ]
        let profile = Profile(Self.anna, displayName: "Anna", availability: .away("lunch"), details: details)
        #expect(script.events == [.answer(id, .profile(profile))])
        #expect(script.client.profiles.isEmpty)
    }

    @Test("A profile of nobody fails, and a profile without an answer fails in time")
    func noProfile() throws {
        var script = try ClientScript.ready(.fences)
        let nobody = script.perform(.ask(.profile(Self.anna)))
        try script.receive(":s 401 me anna :No such nick", ":s 318 me anna :End")
        #expect(script.failure(nobody) == .notFound && script.outcomes(nobody).count == 1)
        let silent = script.perform(.ask(.profile(Self.anna)))
        script.pass(.seconds(70))
        #expect(script.failure(silent) == .unknownOutcome && script.client.profiles.isEmpty)
    }

    @Test("VERSION and PING go out as CTCP, and their answers come back", arguments: ClientScript.Kind.allCases)
    func questions(kind: ClientScript.Kind) throws {
        var script = try ClientScript.ready(kind)
        let version = script.perform(.ask(.software(Self.anna)))
        let ping = script.perform(.ask(.echo(Self.anna)))
        #expect(script.written[0].hasSuffix("PRIVMSG anna :\u{1}VERSION\u{1}"))
        #expect(script.written[1].contains("PRIVMSG anna :\u{1}PING 3600000\u{1}"))
        try script.receive(
            ":Anna!a@h NOTICE me :\u{1}PING 3600000\u{1}", ":anna!a@h NOTICE me :\u{1}VERSION irssi 1\u{1}",
            ":anna!a@h NOTICE me :\u{1}VERSION again\u{1}")
        #expect(script.events == [.answer(ping, .echo), .answer(version, .software("irssi 1"))])
    }

    @Test("TIME goes out as CTCP, and each usual form of answer is read", arguments: ClientScript.Kind.allCases)
    func time(kind: ClientScript.Kind) throws {
        var script = try ClientScript.ready(kind)
        let ids = (0..<3).map { _ in script.perform(.ask(.time(Self.anna))) }
        #expect(script.written[0].hasSuffix("PRIVMSG anna :\u{1}TIME\u{1}"))
        try script.receive(
            ":anna!a@h NOTICE me :\u{1}TIME Thu, 01 Jan 1970 05:30:00 +0530\u{1}",
            ":anna!a@h NOTICE me :\u{1}TIME 1970-01-01T00:00:00-01:00\u{1}",
            ":anna!a@h NOTICE me :\u{1}TIME half past nine\u{1}")
        #expect(
            script.events.prefix(2) == [
                .answer(ids[0], .time(ClockReading(Timestamp(secondsSince1970: 0), offset: 19_800))),
                .answer(ids[1], .time(ClockReading(Timestamp(secondsSince1970: 3_600), offset: -3_600))),
            ])
        #expect(script.failure(ids[2]) == .unsupported)
    }

    @Test("a time without an offset is compared with ours")
    func localTime() {
        let now = Timestamp(secondsSince1970: 10_000)
        let reading = ClockReading(words: "Thu Jan  1 04:46:30 1970", now: now)
        #expect(reading == ClockReading(Timestamp(secondsSince1970: 9_990), offset: 7_200))
        #expect(ClockReading(words: "Thu Jan 41 04:46:30 1970", now: now) == nil)
    }

    @Test("A question fails for an unknown nick, after 30 seconds, and when the connection ends")
    func unanswered() throws {
        var script = try ClientScript.ready(.fences)
        let nobody = script.perform(.ask(.software(Self.anna)))
        try script.receive(":s 401 me anna :No such nick")
        #expect(script.failure(nobody) == .notFound)
        let silent = script.perform(.ask(.echo(Self.anna)))
        script.pass(.seconds(2))
        try script.receive("PONG :fence-1")
        script.pass(.seconds(31))
        #expect(script.failure(silent) == .unreachable && script.outcomes(silent).count == 1)
        let last = script.perform(.ask(.echo(Self.anna)))
        _ = script.client.ended(Failure(.remoteDown, "over"), now: script.now)
        script.turn()
        #expect(script.outcomes(last).count == 1)
    }

    @Test("Our presence goes out as AWAY", arguments: [ClientScript.Kind.fences, .labels])
    func away(kind: ClientScript.Kind) throws {
        var script = try ClientScript.ready(kind)
        let ids = [Availability.away("at lunch\nback soon"), .away(nil), .available].map {
            script.perform(.presence($0))
        }
        let lines = script.takeWritten().filter { !$0.contains("PING") }.map { $0.drop { $0 != "A" } }
        #expect(lines == ["AWAY :at lunch back soon", "AWAY :Away", "AWAY"])
        try script.receive(":s 306 me :away", ":s 306 me :away", ":s 305 me :back")
        #expect(script.events == ids.map { .outcome($0, .accepted(as: nil)) })
    }

    @Test("Marked words of a private message get formatting codes, and those of a channel do not")
    func styled() throws {
        var script = try ClientScript.inRoom(.fences)
        _ = script.say("*so* what", to: .peer(Self.anna))
        _ = script.say("*so* what")
        _ = script.perform(.send(.text(Text("*so* what", allowsEmphasis: false)), to: .peer(Self.anna)))
        #expect(
            script.written.filter { $0.hasPrefix("PRIVMSG") } == [
                "PRIVMSG anna :\u{2}*so*\u{2} what", "PRIVMSG #c :*so* what", "PRIVMSG anna :*so* what",
            ])
    }

    @Test("The nick change of a conversation partner is reported, and that of nobody else")
    func renamed() throws {
        var script = try ClientScript.inRoom(.fences)
        try script.receive(
            ":anna!a@h PRIVMSG me :hi", ":anna!a@h NICK anna2", ":bob!b@h NICK bobby", ":anna2!a@h NICK anna3")
        let people = ["anna", "anna2", "anna3"].map { PeerAddress(network: ClientScript.network, name: $0) }
        #expect(
            script.events.filter { if case .peer = $0 { true } else { false } } == [
                .peer(people[0], .renamed(to: people[1], displayName: "anna2")),
                .peer(people[1], .renamed(to: people[2], displayName: "anna3")),
            ])
    }

    @Test("Longer lines are sent to a server that announces them, cut between characters")
    func lineLength() throws {
        var script = try ClientScript.ready(.fences, support: "LINELEN=2048")
        _ = script.say(String(repeating: "é", count: 900), to: .peer(Self.anna))
        #expect(script.written.filter { $0.hasPrefix("PRIVMSG") }.count == 1)
        var usual = try ClientScript.ready(.fences)
        _ = usual.say(String(repeating: "é", count: 900), to: .peer(Self.anna))
        #expect(usual.written.filter { $0.hasPrefix("PRIVMSG") }.count == 5)
    }
}
