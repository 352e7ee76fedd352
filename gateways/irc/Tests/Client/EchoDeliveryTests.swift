import GatewayKit
import NIOCore
import Testing

@testable import IRCAdapter

struct EchoDeliveryTests {
    @Test("Echoes are matched to messages in order")
    func order() throws {
        var script = try ClientScript.inRoom(.echoes)
        let ids = ["a", "b", "a"].map { script.say($0) }
        #expect(script.takeWritten() == ["PRIVMSG #c :a", "PRIVMSG #c :b", "PRIVMSG #c :a"])
        try script.receive(":me!u@h PRIVMSG #C :a", ":me!u@h PRIVMSG #c :b", ":me!u@h PRIVMSG #c :a")
        #expect(script.takeEvents() == ids.map { .outcome($0, .accepted(as: nil)) })
    }

    @Test("Echoes of other conversations are not mixed up")
    func conversations() throws {
        var script = try ClientScript.inRoom(.echoes)
        let room = script.say("x")
        let peer = script.say("x", to: .peer(ClientScript.anna))
        try script.receive(":me!u@h PRIVMSG Anna :x")
        #expect(script.outcomes(peer).count == 1)
        #expect(script.outcomes(room).isEmpty)
    }

    @Test("An echo whose text the server has changed is matched by its order")
    func changed() throws {
        var script = try ClientScript.inRoom(.echoes)
        let id = script.say("censored word")
        try script.receive(":me!u@h PRIVMSG #c :censored ****")
        #expect(
            script.takeEvents().isEmpty && script.written.last == "PING :fence-1",
            "an echo with a changed text causes a fence at once")
        try script.receive("PONG :fence-1")
        #expect(script.events == [.outcome(id, .accepted(as: nil))])
    }

    @Test("Echoes with changed texts are matched in order, each with its own id")
    func severalChanged() throws {
        var script = try ClientScript.inRoom(.taggedEchoes)
        let ids = ["bad one", "good", "bad two"].map { script.say($0) }
        try script.receive(
            "@msgid=1 :me!u@h PRIVMSG #c :*** one", "@msgid=2 :me!u@h PRIVMSG #c :good",
            "@msgid=3 :me!u@h PRIVMSG #c :*** two")
        #expect(script.takeEvents() == [.outcome(ids[1], .accepted(as: MessageID("2")))])
        try script.receive("PONG :fence-1")
        #expect(script.events == [(0, "1"), (2, "3")].map { .outcome(ids[$0], .accepted(as: MessageID($1))) })
    }

    @Test(
        "A message of another client under our nick does not shift the match of later echoes",
        arguments: [
            "PRIVMSG #c :something else", "PRIVMSG #c :\u{1}VERSION\u{1}", "PRIVMSG #c :\u{1}ACTION waves\u{1}",
            "PRIVMSG @#c :a", "PRIVMSG $$* :a", "NOTICE #c :a",
        ])
    func foreignEcho(line: String) throws {
        var script = try ClientScript.inRoom(.taggedEchoes)
        let ids = ["a", "b"].map { script.say($0) }
        try script.receive(
            "@msgid=0 :me!u@h \(line)", "@msgid=1 :me!u@h PRIVMSG #c :a", "@msgid=2 :me!u@h PRIVMSG #c :b",
            "PONG :fence-1")
        let outcomes = script.events.filter { if case .outcome = $0 { true } else { false } }
        #expect(outcomes == zip(ids, ["1", "2"]).map { .outcome($0, .accepted(as: MessageID($1))) })
        #expect(script.events.messages.allSatisfy { $0.isOwn })
    }

    @Test("A message of another client in another form does not confirm a message that the server dropped")
    func foreignForm() throws {
        var script = try ClientScript.inRoom(.echoes)
        let id = script.say("lost")
        try script.receive(":me!u@h PRIVMSG #c :\u{1}ACTION waves\u{1}")
        script.pass(.seconds(16))
        try script.receive("PONG :fence-1")
        #expect(script.failure(id) == .unknownOutcome)
    }

    @Test("A message in a history batch is no echo")
    func history() throws {
        var script = try ClientScript.inRoom(.echoes)
        let id = script.say("a")
        try script.receive(
            ":s BATCH +h chathistory #c", "@batch=h :me!u@h PRIVMSG #c :a", ":s BATCH -h")
        #expect(script.takeEvents().isEmpty)
        try script.receive(":me!u@h PRIVMSG #c :a")
        #expect(script.events == [.outcome(id, .accepted(as: nil))])
    }

    @Test("The number of stray echoes is bounded, and they cause one fence")
    func manyStrays() throws {
        var script = try ClientScript.inRoom(.echoes)
        let id = script.say("a")
        for number in 0..<(3 * Outbox.strayEchoLimit) { try script.receive(":me!u@h PRIVMSG #c :x\(number)") }
        #expect(script.client.outbox.strayEchoes.count == Outbox.strayEchoLimit)
        #expect(script.takeWritten().filter { $0.hasPrefix("PING") }.count == 1)
        try script.receive(":me!u@h PRIVMSG #c :a", "PONG :fence-1")
        #expect(script.outcomes(id) == [.outcome(id, .accepted(as: nil))] && script.client.outbox.strayEchoes.isEmpty)
        #expect(script.events.messages.count == 3 * Outbox.strayEchoLimit, "each is shown as one of another client")
    }

    @Test("A refusal fails the oldest open message to its target")
    func refusal() throws {
        var script = try ClientScript.inRoom(.echoes)
        let peer = script.say("x", to: .peer(ClientScript.anna))
        let room = script.say("x")
        try script.receive(":s 404 me #C :Cannot send")
        #expect(script.failure(room) == .forbidden)
        #expect(script.outcomes(peer).isEmpty)
    }

    @Test("A message without an echo has an unknown outcome, and the next message is accepted")
    func swallowed() throws {
        var script = try ClientScript.inRoom(.echoes)
        let lost = script.say("lost")
        let kept = script.say("kept")
        try script.receive(":me!u@h PRIVMSG #c :kept")
        #expect(script.takeEvents() == [.outcome(kept, .accepted(as: nil))])
        script.pass(.seconds(16))
        #expect(script.written.last == "PING :fence-1")
        try script.receive("PONG :fence-1")
        #expect(script.failure(lost) == .unknownOutcome)
    }

    @Test("An echo that is late is asked for, even if others are not late yet")
    func oneIsLate() throws {
        var script = try ClientScript.inRoom(.echoes)
        _ = script.say("lost")
        script.pass(.seconds(14))
        _ = script.say("younger")
        script.forget()
        script.pass(.seconds(2))
        #expect(script.written == ["PING :fence-1"])
    }

    @Test("The echo of an action is matched in its CTCP form")
    func action() throws {
        var script = try ClientScript.inRoom(.echoes)
        let id = script.say("waves\nand goes", form: .action)
        #expect(script.written == ["PRIVMSG #c :\u{1}ACTION waves\u{1}", "PRIVMSG #c :\u{1}ACTION and goes\u{1}"])
        try script.receive(
            ":me!u@h PRIVMSG #c :\u{1}ACTION waves\u{1}", ":me!u@h PRIVMSG #c :\u{1}ACTION and goes\u{1}")
        #expect(script.events == [.outcome(id, .accepted(as: nil))])
    }
}
