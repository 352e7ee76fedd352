import GatewayKit
import NIOCore
import Testing

@testable import IRCAdapter

/// Messages of another client that shares our nick, as through a bouncer.
struct OwnMessageTests {
    private static let room = ClientScript.room

    private func own(_ text: String, form: Text.Form = .plain, id: String? = nil) -> Event {
        .message(
            InboundMessage(
                from: .room(Self.room, nick: "me"), displayName: "me", .text(Text(text, form: form)),
                id: id.map { MessageID($0) }, isOwn: true))
    }

    @Test("A message that we did not send is shown in the room, from our nick", arguments: ClientScript.Kind.allCases)
    func inRoom(kind: ClientScript.Kind) throws {
        var script = try ClientScript.inRoom(kind)
        try script.receive(
            ":me!u@h PRIVMSG #c :x", "@msgid=2 :me!u@h PRIVMSG #C :\u{1}ACTION waves\u{1}", ":me!u@h NOTICE #c :y")
        #expect(script.events == [own("x"), own("waves", form: .action, id: "2"), own("y", form: .notice)])
    }

    @Test("A message to a person belongs to the conversation with that person")
    func toPeer() throws {
        var script = try ClientScript.inRoom(.fences)
        try script.receive(":me!u@h PRIVMSG Anna :x")
        #expect(
            script.events == [
                .message(
                    InboundMessage(from: .peer(ClientScript.anna), displayName: "Anna", .text(Text("x")), isOwn: true))
            ])
    }

    @Test(
        "A message to ourselves, CTCP, a line without text and a line to an unknown target are not shown",
        arguments: [
            ":me!u@h PRIVMSG me :x", ":me!u@h PRIVMSG anna :\u{1}VERSION\u{1}",
            ":me!u@h NOTICE anna :\u{1}VERSION x\u{1}",
            ":me!u@h PRIVMSG #c :\u{2}", ":me!u@h PRIVMSG #elsewhere :x", ":me!u@h PRIVMSG $$* :x",
        ])
    func nothing(line: String) throws {
        for kind in ClientScript.Kind.allCases {
            var script = try ClientScript.inRoom(kind)
            try script.receive(line)
            #expect(script.events.isEmpty && script.written.isEmpty)
        }
    }

    @Test("While an echo is awaited, a message of another client is shown after the answer to a PING")
    func besideEcho() throws {
        var script = try ClientScript.inRoom(.echoes)
        let id = script.say("mine")
        try script.receive(":me!u@h PRIVMSG #c :other", ":me!u@h PRIVMSG #c :mine")
        #expect(script.takeEvents() == [.outcome(id, .accepted(as: nil))])
        try script.receive("PONG :fence-1")
        #expect(script.events == [own("other")])
    }

    @Test("An earlier message of ours in a batch of history is neither shown as new nor taken for an echo")
    func history() throws {
        var script = try ClientScript.inRoom(.taggedEchoes)
        let id = script.say("x")
        try script.receive(
            "BATCH +1 chathistory #c", "@batch=1;time=2020-01-01T00:00:00.000Z :me!u@h PRIVMSG #c :x", "BATCH -1")
        #expect(script.events.isEmpty)
        try script.receive(":me!u@h PRIVMSG #c :x")
        #expect(script.events == [.outcome(id, .accepted(as: nil))])
    }

    @Test("A message during our entry is shown after it, still as our own")
    func duringEntry() throws {
        var script = try ClientScript.ready(.fences)
        _ = script.perform(.join(Self.room, password: nil))
        try script.receive(":me!u@h JOIN #c", ":me!u@h PRIVMSG #c :x", ":s 353 me = #c :me", ":s 366 me #c :End")
        #expect(script.events.messages.map(\.isOwn) == [true])
        #expect(script.events.last == own("x"))
    }
}
