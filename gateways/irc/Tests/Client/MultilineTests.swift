import GatewayKit
import NIOCore
import Testing

@testable import IRCAdapter

@Suite("Messages of several lines in one batch")
struct MultilineTests {
    private static let labels = ClientScript.Kind.labels.rawValue
    private static let offer = "draft/multiline=max-bytes=200,max-lines=4"

    /// A script in `#c` whose server takes batches.
    private func script(_ kind: String = labels, _ offer: String = offer) throws -> ClientScript {
        var script = ClientScript(flood: FloodLimit(perSecond: 0))
        let name = offer.prefix { $0 != "=" }
        try script.receive(
            "CAP * LS :\(kind) \(offer)", "CAP * ACK :\(kind) \(name)", ":s 001 me :Hi",
            ":s 005 me PREFIX=(ov)@+ CHANMODES=beI,k,l,imnst :are supported", ":s 376 me :End")
        _ = script.perform(.join(ClientScript.room, password: nil))
        let label = kind == Self.labels ? "@label=1 " : ""
        try script.receive(":me!u@h JOIN #c", ":s 353 me = #c :me anna", "\(label):s 366 me #c :End")
        script.forget()
        return script
    }

    @Test("a text of several lines is one batch, and is accepted with its echo under the id of the batch")
    func labelled() throws {
        var script = try script()
        let id = script.say("one\n\ntwo")
        #expect(
            script.takeWritten() == [
                "@label=2 BATCH +m1 draft/multiline #c", "@batch=m1 PRIVMSG #c :one", "@batch=m1 PRIVMSG #c :",
                "@batch=m1 PRIVMSG #c :two", "BATCH -m1",
            ])
        try script.receive(
            "@label=2;msgid=abc :me!u@h BATCH +7 draft/multiline #c", "@batch=7 :me!u@h PRIVMSG #c :one",
            "@batch=7 :me!u@h PRIVMSG #c :", "@batch=7 :me!u@h PRIVMSG #c :two")
        #expect(script.events.isEmpty)
        try script.receive("BATCH -7")
        #expect(script.takeEvents() == [.outcome(id, .accepted(as: MessageID("abc")))])
    }

    @Test("without labels the echo is known by its text, and without echoes a PING proves the batch")
    func otherProofs() throws {
        var echoes = try script("batch echo-message message-tags")
        let id = echoes.say("one\ntwo")
        try echoes.receive(
            ":me!u@h BATCH +7 draft/multiline #c", "@batch=7 :me!u@h PRIVMSG #c :one",
            "@batch=7 :me!u@h PRIVMSG #c :two", "BATCH -7")
        #expect(echoes.events == [.outcome(id, .accepted(as: nil))])
        var fences = try script("batch message-tags")
        let other = fences.say("one\ntwo")
        #expect(fences.takeWritten().last == "PING :fence-1")
        try fences.receive("PONG s fence-1")
        #expect(fences.events == [.outcome(other, .accepted(as: nil))])
    }

    @Test("a long line goes on in the next without a break, and every character and space comes back")
    func long() throws {
        var script = try script(Self.labels, "draft/multiline=max-bytes=40000,max-lines=90")
        let text = (0..<200).map { "wörd\($0)" }.joined(separator: " ") + "\nend"
        _ = script.say(text)
        let lines = script.takeWritten()
        #expect(lines.count > 4 && lines.allSatisfy { $0.drop { $0 != " " }.utf8.count <= 511 })
        #expect(lines.filter { $0.contains("draft/multiline-concat ") }.count == lines.count - 4)
        for (number, line) in lines.dropFirst().dropLast().enumerated() {
            if number == 0 { try script.receive(":anna!u@h BATCH +7 draft/multiline #c") }
            try script.receive(
                line.replacing("batch=m1", with: "batch=7").replacing(" PRIVMSG", with: " :anna!u@h PRIVMSG"))
        }
        try script.receive("BATCH -7")
        guard case .message(let message)? = script.events.last, case .text(let said) = message.content else {
            Issue.record("\(script.events)")
            return
        }
        #expect(said.body == text)
    }

    @Test(
        "a text that does not fit, an action, and a server without limits get lines of their own",
        arguments: [
            ("a\nb\nc\nd\ne", Self.offer),
            (String(repeating: "x", count: 150) + "\n" + String(repeating: "y", count: 60), Self.offer),
            ("a\nb", "draft/multiline"), ("a\nb", "draft/multiline=max-lines=9"), ("a\nb", "multi-prefix"),
        ])
    func lines(text: String, offer: String) throws {
        var script = try script(Self.labels, offer)
        _ = script.say(text)
        #expect(script.written.allSatisfy { $0.contains(" PRIVMSG #c :") } && script.written.count > 1)
    }

    @Test("one line, and an action of several, are sent as before")
    func plain() throws {
        var script = try script()
        _ = script.say("one\n")
        _ = script.say("waves\ntwice", form: .action)
        #expect(script.takeWritten().allSatisfy { !$0.contains("BATCH") })
    }

    @Test(
        "a batch that the server refuses fails the message, with and without a label",
        arguments: [
            (Self.labels, "@label=2 FAIL BATCH MULTILINE_MAX_BYTES 200 :Too long", Failure.Kind.tooLong),
            ("batch message-tags", "FAIL BATCH MULTILINE_MAX_LINES 4 :Too many", .tooLong),
            ("batch message-tags", "FAIL BATCH MULTILINE_INVALID :Invalid", .notAcceptable),
            ("batch message-tags", ":s 404 me #c :Cannot send to channel", .forbidden),
        ])
    func refused(kind: String, line: String, failure: Failure.Kind) throws {
        var script = try script(kind)
        let id = script.say("one\ntwo")
        try script.receive(line)
        #expect(script.failure(id) == failure && script.outcomes(id).count == 1)
    }

    @Test("a batch of another person is one message, with the id and time of the batch and marks for each line")
    func inbound() throws {
        var script = try script()
        try script.receive(
            "@msgid=x;time=2020-01-01T00:00:00.000Z :anna!u@h BATCH +1 draft/multiline #c",
            "@batch=1 :anna!u@h PRIVMSG #c :\u{02}one", ":bob!u@h PRIVMSG #c :between",
            "@batch=1 :anna!u@h PRIVMSG #c :two ", "@batch=1;draft/multiline-concat :anna!u@h PRIVMSG #c :more",
            "BATCH -1")
        let messages = script.events.compactMap { if case .message(let message) = $0 { message } else { nil } }
        #expect(
            messages.map(\.content) == [
                .text(Text("between", allowsEmphasis: true)), .text(Text("*one*\ntwo more", allowsEmphasis: true)),
            ])
        #expect(messages.last?.id == MessageID("x"))
        #expect(messages.last?.sentAt == Timestamp(secondsSince1970: 1_577_836_800))
    }

    @Test("a private batch is one message of its sender")
    func privately() throws {
        var script = try script()
        try script.receive(
            ":anna!u@h BATCH +1 draft/multiline me", "@batch=1 :anna!u@h PRIVMSG me :a",
            "@batch=1 :anna!u@h PRIVMSG me :b",
            "BATCH -1")
        #expect(
            script.events == [
                .message(InboundMessage(from: .peer(ClientScript.anna), displayName: "anna", .text(Text("a\nb"))))
            ])
    }

    @Test(
        "a batch without lines shows nothing, one without an end shows nothing, and one that is too long becomes several"
    )
    func hostile() throws {
        var script = try script()
        try script.receive(
            ":anna!u@h BATCH +1 draft/multiline #c", "BATCH -1", "BATCH +", "BATCH -", "BATCH +2 draft/multiline")
        try script.receive(":anna!u@h BATCH +3 draft/multiline #c", "@batch=3 :anna!u@h PRIVMSG #c :never")
        #expect(script.events.isEmpty)
        try script.receive(":anna!u@h BATCH +4 draft/multiline #c")
        for number in 0..<1_200 { try script.receive("@batch=4 :anna!u@h PRIVMSG #c :\(number)") }
        try script.receive("BATCH -4")
        #expect(script.events.count == 3)
        for number in 0..<100 { try script.receive(":anna!u@h BATCH +x\(number) draft/multiline #c") }
        #expect(script.client.multilines.count == MultilineText.mostOpen)
    }

    @Test("a message whose batch never ends is shown after half a minute, or at the end of the connection")
    func endless() throws {
        var script = try script()
        let open = [
            ":anna!u@h BATCH +1 draft/multiline #c", "@batch=1 :anna!u@h PRIVMSG #c :one",
            "@batch=1 :anna!u@h PRIVMSG #c :two",
        ]
        for line in open { try script.receive(line) }
        #expect(script.events.isEmpty)
        script.pass(MultilineText.timeout)
        #expect(texts(script) == ["one\ntwo"] && script.client.multilines.isEmpty)
        try script.receive("@batch=1 :anna!u@h PRIVMSG #c :three", "BATCH -1")
        #expect(texts(script) == ["one\ntwo", "three"])
        script.forget()
        for line in open { try script.receive(line) }
        _ = script.client.ended(Failure(.remoteDown, "gone"), now: script.now)
        script.turn()
        #expect(texts(script) == ["one\ntwo"] && script.events.count == 2)
    }

    @Test("a batch of ours that never ends proves nothing")
    func endlessOwn() throws {
        var script = try script("batch echo-message message-tags")
        let id = script.say("one\ntwo")
        try script.receive(":me!u@h BATCH +7 draft/multiline #c", "@batch=7 :me!u@h PRIVMSG #c :one")
        script.pass(MultilineText.timeout)
        #expect(script.client.multilines.isEmpty && texts(script).isEmpty)
        #expect(!script.outcomes(id).contains(.outcome(id, .accepted(as: nil))))
    }

    @Test("all open messages together are bounded")
    func manyOpen() throws {
        var script = try script()
        let text = String(repeating: "x", count: 8_000)
        for number in 0..<MultilineText.mostOpen {
            try script.receive(":anna!u@h BATCH +\(number) draft/multiline #c")
            for _ in 0..<3 { try script.receive("@batch=\(number) :anna!u@h PRIVMSG #c :\(text)") }
        }
        let bytes = script.client.multilines.values.reduce(0) { $0 + $1.text.utf8.count }
        #expect(bytes <= MultilineText.mostBytesOpen + MultilineText.mostOpen * text.utf8.count)
        for number in 0..<MultilineText.mostOpen { try script.receive("BATCH -\(number)") }
        #expect(texts(script).joined().utf8.count { $0 == UInt8(ascii: "x") } == 3 * MultilineText.mostOpen * 8_000)
    }

    private func texts(_ script: ClientScript) -> [String] {
        script.events.compactMap {
            if case .message(let message) = $0, case .text(let said) = message.content { said.body } else { nil }
        }
    }

    @Test("text in a preformatted block gets neither codes nor marks")
    func preformatted() throws {
        var script = try script("batch message-tags", "draft/multiline=max-bytes=400,max-lines=9")
        try script.receive(":s 324 me #c +nt")
        script.forget()
        _ = script.say("*a*\n```\n*b* `c`\n```\n*d*")
        let sent = script.takeWritten().filter { $0.contains(" PRIVMSG ") }.map { $0.drop { $0 != ":" }.dropFirst() }
        #expect(sent == ["\u{2}*a*\u{2}", "```", "*b* `c`", "```", "\u{2}*d*\u{2}"])
        try script.receive(":anna!u@h BATCH +1 draft/multiline #c")
        for line in ["\u{2}a\u{2}", "```", "\u{2}b\u{2} \u{3}4c", "```", "\u{2}d\u{2}"] {
            try script.receive("@batch=1 :anna!u@h PRIVMSG #c :\(line)")
        }
        try script.receive("BATCH -1")
        #expect(texts(script) == ["*a*\n```\nb c\n```\n*d*"])
    }

    @Test(
        "the limits are those of the capability",
        arguments: [
            ("max-bytes=4096,max-lines=24", 4096, 24), ("max-lines=900,max-bytes=1", 1, 100),
            ("max-bytes=5,x=y,new", 5, 100), ("max-bytes=0", nil, nil), ("max-bytes=x", nil, nil), ("", nil, nil),
        ] as [(String, Int?, Int?)])
    func limits(value: String, bytes: Int?, lines: Int?) {
        let limits = MultilineLimits(value)
        #expect(limits?.bytes == bytes && limits?.lines == lines)
    }

    @Test("a batch takes as many tokens of flood control as it has lines")
    func flood() throws {
        var script = ClientScript(flood: FloodLimit(burst: 3, perSecond: 1))
        try script.receive(
            "CAP * LS :batch message-tags \(Self.offer)", "CAP * ACK :batch message-tags draft/multiline",
            ":s 001 me :Hi",
            ":s 376 me :End")
        script.forget()
        _ = script.say("a\nb\nc", to: .peer(ClientScript.anna))
        #expect(script.takeWritten().filter { !$0.hasPrefix("PING") }.count == 5)
        _ = script.say("d", to: .peer(ClientScript.anna))
        #expect(script.takeWritten().filter { !$0.hasPrefix("PING") }.isEmpty)
        script.pass(.seconds(5))
        #expect(script.takeWritten().contains("PRIVMSG anna :d"))
    }
}
