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
        #expect(script.events == [.outcome(id, .accepted(as: nil))])
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
