import GatewayKit
import NIOCore
import Testing

@testable import IRCAdapter

struct InboundMessageTests {
    private let room = ClientScript.room

    private func heard(_ line: String, _ kind: ClientScript.Kind = .labels) throws -> [Event] {
        var script = try ClientScript.inRoom(kind)
        try script.receive(line)
        return script.events
    }

    private func message(
        _ origin: InboundMessage.Origin, _ text: String, name: String?, form: Text.Form = .plain,
        id: String? = nil, sentAt: Double? = nil
    ) -> [Event] {
        [
            .message(
                InboundMessage(
                    from: origin, displayName: name, text: text, form: form, id: id.map { MessageID($0) },
                    sentAt: sentAt.map { Timestamp(secondsSince1970: $0) }))
        ]
    }

    @Test("A message in a channel comes from an occupant of the room")
    func channel() throws {
        #expect(
            try heard("@msgid=m1 :Anna!a@h PRIVMSG #C :\u{3}4hi\u{3} there")
                == message(.room(room, nick: "anna"), "hi there", name: "anna", id: "m1"))
        #expect(
            try heard(":stranger!s@h PRIVMSG #c :hi") == message(.room(room, nick: "stranger"), "hi", name: "stranger"))
        #expect(try heard(":irc.net NOTICE #c :hi") == message(.room(room, nick: nil), "hi", name: nil, form: .notice))
        #expect(try heard(":anna!a@h PRIVMSG #elsewhere :hi").isEmpty)
    }

    @Test("A message to our nick comes from its sender")
    func peer() throws {
        let anna = InboundMessage.Origin.peer(ClientScript.anna)
        #expect(try heard(":Anna!a@h PRIVMSG Me :hi") == message(anna, "hi", name: "Anna"))
        #expect(try heard(":anna!a@h NOTICE me :hi") == message(anna, "hi", name: "anna", form: .notice))
        #expect(
            try heard(":anna!a@h PRIVMSG me :\u{1}ACTION waves\u{1}")
                == message(anna, "waves", name: "anna", form: .action))
    }

    @Test(
        "A message whose sender has no valid nick is a notice of the network, not a message of the room",
        arguments: ["%", "#c", "&x", ""])
    func noNick(nick: String) throws {
        let quoted: [Event] = [.state(.notice("\(nick) to #c: x"))]
        #expect(try heard(":\(nick)!u@h PRIVMSG #c :x") == quoted)
        #expect(try heard(":irc.net PRIVMSG #c :x") == message(.room(room, nick: nil), "x", name: nil))
    }

    @Test("A message of a server is a notice for the user")
    func server() throws {
        #expect(try heard(":irc.net NOTICE me :*** \u{2}Hello\u{2}") == [.state(.notice("*** Hello"))])
        #expect(try heard("NOTICE me :Hello") == [.state(.notice("Hello"))])
        #expect(try heard(":oper!o@h NOTICE $* :To all") == [.state(.notice("oper to $*: To all"))])
        #expect(try heard(":oper!o@h WALLOPS :Tea") == [.state(.notice("oper to everybody: Tea"))])
        #expect(try heard("WARN X Y :Careful") == [.state(.notice("Careful"))])
    }

    @Test(
        "A message without visible text is dropped",
        arguments: [
            ":anna!a@h PRIVMSG me :", ":anna!a@h PRIVMSG me :\u{2}\u{3}4", ":anna!a@h PRIVMSG me :\u{1}ACTION\u{1}",
            ":anna!a@h NOTICE me :\u{1}VERSION x\u{1}", ":anna!a@h PRIVMSG me", ":a*b!a@h PRIVMSG me :hi",
            "@x :anna!a@h TAGMSG me", ":s 366", ":s 353 me #c", "BATCH", ":s 900 me",
        ])
    func nothing(_ line: String) throws {
        #expect(try heard(line).filter { if case .state(.notice) = $0 { false } else { true } }.isEmpty)
    }

    @Test("Old messages have the time when they were sent, new ones do not")
    func time() throws {
        // The clock of the script always shows 1,700,000,000.
        let anna = InboundMessage.Origin.peer(ClientScript.anna)
        #expect(
            try heard("@time=2023-11-14T22:13:15.000Z :anna!a@h PRIVMSG me :x") == message(anna, "x", name: "anna"))
        #expect(
            try heard("@time=2023-11-14T21:13:20.000Z :anna!a@h PRIVMSG me :x")
                == message(anna, "x", name: "anna", sentAt: 1_699_996_400))
        var script = try ClientScript.inRoom(.labels)
        try script.receive(
            "BATCH +h chathistory #c", "@batch=h;time=2023-11-14T22:13:15.000Z :anna!a@h PRIVMSG #c :x", "BATCH -h")
        #expect(script.events == message(.room(room, nick: "anna"), "x", name: "anna", sentAt: 1_699_999_995))
    }

    @Test("CTCP VERSION and PING are answered at a limited rate, and not shown")
    func ctcp() throws {
        var script = try ClientScript.inRoom(.labels)
        for _ in 0..<5 { try script.receive(":anna!a@h PRIVMSG me :\u{1}VERSION\u{1}") }
        #expect(script.takeWritten() == Array(repeating: "NOTICE anna :\u{1}VERSION Martlet test\u{1}", count: 3))
        script.now = script.now + .seconds(11)
        try script.receive(":anna!a@h PRIVMSG me :\u{1}PING 12 34\u{1}", ":anna!a@h PRIVMSG me :\u{1}PING 5\u{1}")
        #expect(script.takeWritten() == ["NOTICE anna :\u{1}PING 12 34\u{1}"])
        script.now = script.now + .seconds(60)
        try script.receive(":anna!a@h PRIVMSG #c :\u{1}VERSION\u{1}", ":anna!a@h PRIVMSG me :\u{1}FINGER\u{1}")
        #expect(script.written.isEmpty && script.events.isEmpty)
    }

    @Test(
        "Further CTCP requests are answered",
        arguments: [
            ("TIME", "\u{1}TIME 2023-11-14T22:13:20Z\u{1}"),
            ("CLIENTINFO", "\u{1}CLIENTINFO ACTION CLIENTINFO PING SOURCE TIME VERSION\u{1}"),
            ("SOURCE", "\u{1}SOURCE Martlet, a gateway. Ask its operator for the source.\u{1}"),
        ])
    func moreCTCP(request: String, answer: String) throws {
        var script = try ClientScript.inRoom(.labels)
        try script.receive(":anna!a@h PRIVMSG me :\u{1}\(request)\u{1}")
        #expect(script.written == ["NOTICE anna :\(answer)"] && script.events.isEmpty)
    }

    @Test("A direct connection is refused, and the user is told", arguments: ["DCC SEND x 1 2 3", "DCC CHAT chat 1 2"])
    func dcc(request: String) throws {
        var script = try ClientScript.inRoom(.labels)
        try script.receive(":anna!a@h PRIVMSG me :\u{1}\(request)\u{1}")
        #expect(
            script.written.count == 1 && script.written[0].hasPrefix("NOTICE anna :I cannot take direct connections"))
        #expect(script.events.notices.count == 1 && script.events.messages.isEmpty)
    }

    @Test("A text with formatting codes gets marks; one with plain asterisks is not meant as emphasis")
    func marks() throws {
        let texts = [
            ("\u{2}bold\u{2} and plain", "*bold* and plain", true), ("so *plain* here", "so *plain* here", false),
            ("nothing", "nothing", true), ("> quote", "> quote", false), ("2 * 3 * 4", "2 * 3 * 4", true),
        ]
        for (line, body, hasMarks) in texts {
            let message = try #require(try heard(":anna!a@h PRIVMSG me :\(line)").messages.first)
            #expect(message.content == .text(Text(body, allowsEmphasis: hasMarks)))
        }
    }

    @Test("The message of the day is one greeting, without the dashes of its lines")
    func welcome() throws {
        var script = ClientScript()
        try script.receive(
            "NOTICE * :Looking you up", "CAP * LS :", ":s 001 me :Hi", ":s 372 me :- one", ":s 372 me :- two",
            ":s 372 me :-", ":s 372 me :three",
            ":s 376 me :End")
        #expect(
            script.events == [
                .state(.online(nick: "me")), .state(.greeting("one\ntwo\n\nthree")),
            ])
    }
}
