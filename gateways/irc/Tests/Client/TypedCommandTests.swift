import GatewayKit
import NIOCore
import Testing

@testable import IRCAdapter

@Suite("Typed commands and lines of users")
struct TypedCommandTests {
    private static let room = Address.room(ClientScript.room)
    private static let anna = Address.peer(ClientScript.anna)

    static let lines: [(String, Address, String)] = [
        ("mode +k SECRET", room, "MODE #c +k SECRET"), ("MODE +o-v anna bob", room, "MODE #c +o-v anna bob"),
        ("mode", room, "MODE #c"), ("mode #other +m", room, "MODE #other +m"), ("mode me +i", room, "MODE me +i"),
        ("mode +i", anna, "MODE me +i"), ("topic Tea at  five", room, "TOPIC #c :Tea at  five"),
        ("topic #tea Green", anna, "TOPIC #tea :Green"), ("kick bob", room, "KICK #c bob"),
        ("kick #d bob no more", room, "KICK #d bob :no more"), ("ban bob", room, "USERHOST bob"),
        ("ban *!*@spam.example", room, "MODE #c +b *!*@spam.example"), ("unban bob", room, "USERHOST bob"),
        ("op anna bob", room, "MODE #c +oo anna bob"), ("devoice anna", room, "MODE #c -v anna"),
        ("invite carl", room, "INVITE carl #c"), ("invite carl #d", anna, "INVITE carl #d"),
        ("nick newme", room, "NICK :newme"), ("msg carl hello you", room, "PRIVMSG carl :hello you"),
        ("notice #d psst", anna, "NOTICE #d :psst"), ("ctcp bob version", room, "PRIVMSG bob :\u{1}VERSION\u{1}"),
        ("whois bob", room, "WHOIS bob"), ("whois", anna, "WHOIS anna"), ("away at lunch", anna, "AWAY :at lunch"),
        ("away", room, "AWAY"), ("setname Real Name", room, "SETNAME :Real Name"), ("names", room, "NAMES #c"),
        ("raw PRIVMSG #d :a  b", room, "PRIVMSG #d :a  b"),
        ("quote userhost bob", anna, "userhost bob"), ("join #d key", room, "JOIN #d key"),
        ("part", room, "PART #c"), ("part so long", room, "PART #c :so long"),
        ("ns IDENTIFY hunter2", room, "PRIVMSG nickserv :IDENTIFY hunter2"), ("motd", anna, "MOTD"),
    ]

    @Test("Each command writes its line, and nothing is said", arguments: lines)
    func line(command: String, address: Address, line: String) throws {
        var script = try ClientScript.inRoom(.fences)
        _ = script.perform(.ask(.command(command, at: address)))
        #expect(script.takeWritten().first == line)
        #expect(script.events.isEmpty)
    }

    @Test(
        "An unknown command, or one with wrong words, is refused in words and writes nothing",
        arguments: [
            "mod +k SECRET", "unknown", "mode\n+k SECRET", "topic a\nb", "kick", "invite", "op", "nick", "nick a b",
            "msg carl", "setname", "ctcp bob", "join tea", "ban", "raw", "raw QUIT :bye", "raw PING fence-1", "quit",
            "say hello",
            "ME waves", "list", "ns", "op a b c d e", ":", "mode :x", "raw @label=1 JOIN #d",
            "raw :other PRIVMSG #d :x",
        ])
    func refused(command: String) throws {
        var script = try ClientScript.inRoom(.fences)
        let id = script.perform(.ask(.command(command, at: Self.room)))
        #expect(script.failure(id) == .notAcceptable || script.failure(id) == .malformedAddress)
        #expect(script.events.failures.first?.text.contains("SECRET") == false)
        #expect(script.written.isEmpty)
    }

    @Test(
        "A word with + is a mode or a text, even where + can begin a channel",
        arguments: [
            ("mode +k SECRET", "MODE #c +k SECRET"), ("topic +1 for tea", "TOPIC #c :+1 for tea"),
            ("part + bye", "PART #c :+ bye"),
        ])
    func plus(command: String, line: String) throws {
        var script = try ClientScript.inRoom(.fences)
        try script.receive(":s 005 me CHANTYPES=#&+ :are supported")
        _ = script.perform(.ask(.command(command, at: Self.room)))
        #expect(script.takeWritten().first == line)
    }

    @Test("A network without a list of quiets is not sent the letter, which is a rank there")
    func noQuiets() throws {
        var script = try ClientScript.inRoom(.fences)
        for command in ["quiet anna", "unquiet anna"] {
            let id = script.perform(.ask(.command(command, at: Self.room)))
            #expect(script.failure(id) == .unsupported)
        }
        #expect(script.written.isEmpty)
        try script.receive(":s 005 me PREFIX=(ov)@+ CHANMODES=beIq,k,l,imnst :are supported")
        _ = script.perform(.ask(.command("quiet *!*@spam", at: Self.room)))
        #expect(script.takeWritten().first == "MODE #c +q *!*@spam")
    }

    @Test("A command for a channel needs one")
    func noChannel() throws {
        var script = try ClientScript.ready(.fences)
        for command in ["kick bob", "op bob", "names", "part", "topic"] {
            let id = script.perform(.ask(.command(command, at: Self.anna)))
            #expect(script.failure(id) == .notAcceptable)
        }
        let id = script.perform(.ask(.command("mode +m", at: Self.room)))
        #expect(script.failure(id) == .notInRoom)
        #expect(script.written.isEmpty)
    }

    @Test("The replies of the server are the answer", arguments: ClientScript.Kind.allCases)
    func replies(kind: ClientScript.Kind) throws {
        var script = try ClientScript.inRoom(kind)
        let id = script.perform(.ask(.command("whois bob", at: Self.room)))
        let written = script.takeWritten()
        let tag = kind == .labels ? "@batch=1 " : ""
        if kind == .labels { try script.receive("@label=2 :s BATCH +1 labeled-response") }
        try script.receive(
            "\(tag):s 311 me bob b host * :Bob B", "\(tag):s 319 me bob :@#c",
            "\(tag):s 318 me bob :End of /WHOIS list.")
        if kind == .labels {
            try script.receive(":s BATCH -1")
        } else {
            let fence = try #require(written.last { $0.hasPrefix("PING") })
            try script.receive(":s PONG s \(fence.dropFirst(5))")
        }
        #expect(
            script.events == [
                .answer(id, .command(["bob b host * Bob B", "bob @#c", "bob End of /WHOIS list."]))
            ])
    }

    @Test("A number above 400 that is no error is a reply", arguments: [671, 704, 728])
    func highNumbers(number: Int) throws {
        var script = try ClientScript.inRoom(.fences)
        let id = script.perform(.ask(.raw("WHOIS bob")))
        try script.receive(":s \(number) me bob :is so", ":s PONG s fence-1")
        #expect(script.events == [.answer(id, .raw(["bob is so"]))])
    }

    @Test("A reply that nobody has asked for is a notice of the network")
    func unasked() throws {
        var script = try ClientScript.inRoom(.fences)
        try script.receive(":s 301 me bob :at lunch", ":s 380 me bob :is so", ":s 333 me #c bob 1")
        #expect(script.events.notices == ["bob is away: at lunch", "bob is so"])
    }

    @Test("An error reply is the refusal, with the words of the server", arguments: ClientScript.Kind.allCases)
    func errors(kind: ClientScript.Kind) throws {
        var script = try ClientScript.inRoom(kind)
        let id = script.perform(.ask(.command("mode +o bob", at: Self.room)))
        let written = script.takeWritten()
        try script.receive("\(kind == .labels ? "@label=2 " : ""):s 482 me #c :You're not channel operator")
        if kind != .labels {
            let fence = try #require(written.last { $0.hasPrefix("PING") })
            try script.receive(":s PONG s \(fence.dropFirst(5))")
        }
        #expect(script.failure(id) != nil)
        #expect(script.events.failures.map(\.text).first?.contains("You're not channel operator") == true)
        #expect(script.events.notices.isEmpty)
    }

    @Test("One line is under way at a time, so that each gets its own replies")
    func inTurn() throws {
        var script = try ClientScript.inRoom(.fences)
        let first = script.perform(.ask(.raw("TIME")))
        let second = script.perform(.ask(.raw("VERSION")))
        #expect(script.takeWritten() == ["TIME", "PING :fence-1"])
        try script.receive(":s 391 me s :noon", ":s PONG s fence-1")
        #expect(script.takeEvents() == [.answer(first, .raw(["s noon"]))])
        #expect(script.takeWritten() == ["VERSION", "PING :fence-2"])
        try script.receive(":s 351 me v1 s :x", ":s PONG s fence-2")
        #expect(script.takeEvents() == [.answer(second, .raw(["v1 s x"]))])
    }

    @Test("The replies to an entry under way are not taken for the answer")
    func entry() throws {
        var script = try ClientScript.inRoom(.fences)
        _ = script.perform(.join(RoomAddress(network: ClientScript.network, name: "#d"), password: nil))
        let id = script.perform(.ask(.raw("TIME")))
        try script.receive(":me!u@h JOIN #d", ":s 353 me = #d :me", ":s 366 me #d :End", ":s 391 me s :noon")
        try script.receive(":s PONG s fence-1")
        #expect(script.events.contains(.answer(id, .raw(["s noon"]))))
    }

    @Test("An endless reply is cut off, and too many lines are refused")
    func bounds() throws {
        var script = try ClientScript.inRoom(.fences)
        let id = script.perform(.ask(.raw("STATS u")))
        for _ in 0..<2_000 { try script.receive(":s 242 me :up") }
        try script.receive(":s PONG s fence-1")
        let answers = script.events.compactMap { event in
            if case .answer(id, .raw(let lines)) = event { lines.count } else { nil }
        }
        #expect(answers == [UserLines.mostLines + 1])
        var refused = 0
        for _ in 0...UserLines.mostWaiting + 1 where script.refusal(of: .ask(.raw("TIME"))) == .rateLimited {
            refused += 1
        }
        #expect(refused == 1)
    }

    @Test("A lost connection fails all lines")
    func lost() throws {
        var script = try ClientScript.inRoom(.fences)
        let ids = [script.perform(.ask(.raw("TIME"))), script.perform(.ask(.raw("TIME")))]
        _ = script.client.ended(Failure(.remoteDown, "gone"), now: script.now)
        script.turn()
        for id in ids { #expect(script.failure(id) == .remoteDown) }
    }

    @Test("A text that the server would cut is refused with the limit, and so are changes that it would drop")
    func limits() throws {
        var script = try ClientScript.inRoom(.fences)
        try script.receive(":s 005 me TOPICLEN=20 KICKLEN=10 AWAYLEN=15 NICKLEN=9 CHANNELLEN=12 :x")
        func long(_ count: Int) -> String { String(repeating: "x", count: count) }
        for (command, limit) in [
            ("topic " + long(21), "20"), ("kick bob " + long(11), "10"), ("away " + long(16), "15"),
            ("part " + long(600), "bytes"), ("nick " + long(10), "9"), ("join #" + long(12), "12"),
            ("mode +bb \(long(190))!*@* \(long(190))!*@* \(long(190))", "510"), ("op a b c d", "3"),
            ("whois \(long(190)) \(long(190)) \(long(190))", "510"), ("mode +bbbb a b c d", "3"),
        ] {
            let id = script.perform(.ask(.command(command, at: Self.room)))
            #expect(script.failure(id) != nil, "\(command)")
            #expect(script.events.failures.last?.text.contains(limit) == true, "\(command)")
        }
        #expect(script.written.isEmpty)
        _ = script.perform(.ask(.command("topic " + long(20), at: Self.room)))
        #expect(script.written.first == "TOPIC #c :" + long(20))
    }

    @Test(
        "A refusal has the same condition with labels as without", arguments: [ClientScript.Kind.labels, .fences])
    func conditions(kind: ClientScript.Kind) throws {
        for (question, reply, failure) in [
            (Question.command("whois zed", at: Self.room), "401 me zed :No such nick", Failure.Kind.notFound),
            (.command("kick zed", at: Self.room), "441 me zed #c :Not there", .notFound),
            (.command("nick you", at: Self.room), "437 me you :Unavailable", .conflict),
            (.raw("FOO x"), "461 me FOO :Not enough parameters", .badRequest),
            (.raw("FOO x"), "421 me FOO :Unknown command", .unsupported),
            (.raw("FOO x"), "FAIL FOO INVALID_PARAMS :No", .notAcceptable),
        ] {
            var script = try ClientScript.inRoom(kind)
            let id = script.perform(.ask(question))
            let fence = script.takeWritten().last ?? ""
            let source = reply.hasPrefix("FAIL") ? "" : ":s "
            try script.receive((kind == .labels ? "@label=2 " : "") + source + reply)
            if kind == .fences { try script.receive(":s PONG s \(fence.dropFirst(5))") }
            #expect(script.failure(id) == failure, "\(reply)")
        }
    }

    @Test("A network with labels that does not answer leaves the outcome unknown, with the replies that have come")
    func unanswered() throws {
        var script = try ClientScript.inRoom(.labels)
        let silent = script.perform(.ask(.command("whois bob", at: Self.room)))
        script.pass(.seconds(15))
        try script.receive(":s PONG s :fence-1")
        #expect(script.failure(silent) == .unknownOutcome)
        let half = script.perform(.ask(.command("whois bob", at: Self.room)))
        try script.receive("@label=3 :s BATCH +1 labeled-response", "@batch=1 :s 311 me bob b host * :Bob B")
        script.pass(.seconds(15))
        try script.receive(":s PONG s :fence-2")
        guard case .answer(half, .command(let lines))? = script.events.last else {
            Issue.record("no answer")
            return
        }
        #expect(lines.count == 2 && lines.first == "bob b host * Bob B")
        let topic = script.perform(.room(ClientScript.room, .topic("x")))
        script.pass(.seconds(15))
        try script.receive(":s PONG s :fence-3")
        #expect(script.failure(topic) == .unknownOutcome)
    }

    @Test("Replies with times are answered in words")
    func times() throws {
        var script = try ClientScript.inRoom(.fences)
        let id = script.perform(.ask(.command("whois bob", at: Self.room)))
        try script.receive(
            ":s 317 me bob 196 1796052313 :seconds idle, signon time", ":s 317 me bob 90061 :seconds idle",
            ":s 329 me #c 1796052539", ":s 324 me #c +ntl 5", ":s 333 me #c anna!a@h 0", ":s 317 me bob x y :z",
            ":s PONG s fence-1")
        let lines = [
            "bob has been idle for 3 minutes 16 seconds, signed on at 2026-11-30 15:25:13 UTC",
            "bob has been idle for 1 day 1 hour", "#c was created at 2026-11-30 15:28:59 UTC", "Modes of #c: +ntl 5",
            "Topic of #c set by anna!a@h at 1970-01-01 00:00:00 UTC", "bob x y z",
        ]
        #expect(script.events.contains(.answer(id, .command(lines))))
    }

    @Test(
        "A message whose later line begins like a command is not said",
        arguments: ["hello\n/mode +k SECRET", "a\r\n  /NS identify hunter2", "a\n\n/msg NickServ identify x"])
    func laterLine(text: String) throws {
        for address in [Self.room, Self.anna] {
            var script = try ClientScript.inRoom(.fences)
            let id = script.say(text, to: address)
            #expect(script.failure(id) == .notAcceptable)
            #expect(script.written.isEmpty)
        }
    }

    @Test(
        "A later line with a path, an action or another slash is said", arguments: ["/usr/bin", "/me waves", "/", "/x"])
    func otherLater(line: String) throws {
        var script = try ClientScript.inRoom(.fences)
        _ = script.say("hello\n" + line)
        #expect(script.takeWritten().prefix(2) == ["PRIVMSG #c :hello", "PRIVMSG #c :\(line)"])
    }

    @Test("Help names every command")
    func help() throws {
        var script = try ClientScript.inRoom(.fences)
        let id = script.perform(.ask(.command("help", at: Self.room)))
        #expect(script.events == [.answer(id, .command(SlashCommand.help))])
        #expect(SlashCommand.help.contains("/kick [channel] nick [reason]"))
    }

    @Test("No two commands have one name")
    func names() {
        let names = SlashCommand.all.flatMap(\.names)
        #expect(Set(names).count == names.count)
    }
}
