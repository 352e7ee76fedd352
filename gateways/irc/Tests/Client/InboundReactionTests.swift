import GatewayKit
import NIOCore
import Testing

@testable import IRCAdapter

struct InboundReactionTests {
    private static let room = InboundMessage.Origin.room(ClientScript.room, nick: "anna")

    private func reaction(
        _ all: [String], from origin: InboundMessage.Origin = room, name: String = "anna", id: String? = nil
    ) -> Event {
        .message(
            InboundMessage(
                from: origin, displayName: name, .reaction(MessageID("m1"), all), id: id.map { MessageID($0) }))
    }

    @Test("A reaction of another user is reported with all reactions of that user to the message")
    func inbound() throws {
        var script = try ClientScript.inRoom(.labels)
        try script.receive(
            "@msgid=r1;+draft/reply=m1;+draft/react=👋 :Anna!a@h TAGMSG #C",
            "@+reply=m1;+draft/react=:\\: :anna!a@h TAGMSG #c",
            "@+draft/reply=m1;+draft/unreact=👋 :anna!a@h TAGMSG #c",
            "@+draft/reply=m1;+draft/unreact=:; :anna!a@h TAGMSG #c",
            "@+draft/reply=m1;+draft/react=x :anna!a@h TAGMSG me")
        #expect(
            script.events == [
                reaction(["👋"], id: "r1"), reaction(["👋", ":;"]), reaction([":;"]),
                reaction([":;"]), reaction([":;", "x"], from: .peer(ClientScript.anna)),
            ])
    }

    @Test(
        "Tags without a reaction, and reactions from or to unknown places, are ignored",
        arguments: [
            "@+draft/reply=m1 :anna!a@h TAGMSG #c", "@+draft/react=x :anna!a@h TAGMSG #c",
            "@+draft/reply=;+draft/react=x :anna!a@h TAGMSG #c", "@+typing=active :anna!a@h TAGMSG #c",
            "@+draft/reply=m1;+draft/react= :anna!a@h TAGMSG #c",
            "@+draft/reply=m1;+draft/react=\u{2} :anna!a@h TAGMSG #c",
            "@+draft/reply=m1;+draft/react=x;+draft/unreact=x :anna!a@h TAGMSG #c",
            "@+draft/reply=m1;+draft/react=\(String(repeating: "x", count: 65)) :anna!a@h TAGMSG #c",
            "@+draft/reply=\(String(repeating: "x", count: 256));+draft/react=x :anna!a@h TAGMSG #c",
            "@draft/reply=m1;draft/react=x :anna!a@h TAGMSG #c", "@+draft/reply=m1;+draft/react=x :anna!a@h TAGMSG #x",
            "@+draft/reply=m1;+draft/react=x :anna!a@h TAGMSG bob", "@+draft/reply=m1;+draft/react=x TAGMSG #c",
            "@+draft/reply=m1;+draft/react=x :irc.net TAGMSG #c", "@+draft/reply=m1;+draft/react=x :#c!a@h TAGMSG #c",
            "@+draft/reply=m1;+draft/react=x :me!u@h TAGMSG #c", "@+draft/reply=m1;+draft/react=x :ME!u@h TAGMSG me",
            "@+draft/reply=m1;+draft/react=x :anna!a@h TAGMSG",
        ])
    func nothing(_ line: String) throws {
        for kind in [ClientScript.Kind.labels, .taggedEchoes] {
            var script = try ClientScript.inRoom(kind)
            try script.receive(line)
            #expect(script.events.isEmpty)
        }
    }

    @Test("A user who changes the nick keeps the reactions; a new connection begins without any")
    func newNick() throws {
        var script = try ClientScript.inRoom(.labels)
        try script.receive("@+reply=m1;+draft/react=a :anna!a@h TAGMSG #c", ":anna!a@h NICK Ann")
        script.forget()
        try script.receive("@+reply=m1;+draft/react=b :Ann!a@h TAGMSG #c")
        #expect(script.events == [reaction(["a", "b"], from: .room(ClientScript.room, nick: "Ann"), name: "Ann")])
    }

    @Test("A reaction in a channel that we are entering is reported after the entry")
    func whileEntering() throws {
        var script = try ClientScript.ready(.labels)
        _ = script.perform(.join(ClientScript.room, password: nil))
        try script.receive(":me!u@h JOIN #c", ":s 353 me = #c :me anna")
        try script.receive("@+reply=m1;+draft/react=a :anna!a@h TAGMSG #c")
        #expect(script.events.isEmpty)
        try script.receive("@label=1 :s 366 me #c :End")
        #expect(script.events.last == reaction(["a"]))
    }

    @Test("A message with a text and a reaction tag is a text")
    func withText() throws {
        var script = try ClientScript.inRoom(.labels)
        try script.receive("@msgid=m2;+reply=m1;+draft/react=a :anna!a@h PRIVMSG #c :a!")
        #expect(
            script.events == [
                .message(
                    InboundMessage(
                        from: InboundReactionTests.room, displayName: "anna", text: "a!", id: MessageID("m2")))
            ])
    }

    @Test("Message ids that are empty or too long are ignored", arguments: ["", String(repeating: "x", count: 256)])
    func names(_ name: String) throws {
        var script = try ClientScript.inRoom(.labels)
        let id = script.say("hello")
        try script.receive("@label=2;msgid=\(name) :me!u@h PRIVMSG #c :hello")
        #expect(script.takeEvents() == [.outcome(id, .accepted(as: nil))])
        try script.receive("@msgid=\(name) :anna!a@h PRIVMSG #c :hi")
        guard case .message(let said) = script.events.first else { throw CancellationError() }
        #expect(said.id == nil)
    }

    private func announcements(_ events: [Event]) -> [String] {
        events.compactMap { event in
            guard case .state(.capabilities(let scope, let capabilities)) = event else { return nil }
            return "\(scope) \(capabilities[.reaction])"
        }
    }

    @Test("The core is told when reactions become possible or impossible, and only when that changes")
    func capabilities() throws {
        var script = ClientScript()
        try script.receive(
            "CAP * LS :message-tags", "CAP * ACK :message-tags", ":s 001 me :Hi", ":s 005 me NICKLEN=9 :x")
        #expect(announcements(script.events) == [])
        try script.receive(":s 422 me :No MOTD")
        let possible = ["peers full", "rooms full"]
        let impossible = ["peers rejected", "rooms rejected"]
        #expect(announcements(script.takeEvents()) == possible)
        try script.receive(":s 005 me NICKLEN=8 :x", "CAP me ACK :message-tags")
        #expect(announcements(script.takeEvents()) == [])
        try script.receive(":s 005 me CLIENTTAGDENY=* :x")
        #expect(announcements(script.takeEvents()) == impossible)
        try script.receive(":s 005 me -CLIENTTAGDENY :x")
        #expect(announcements(script.takeEvents()) == possible)
        try script.receive("CAP me DEL :message-tags")
        #expect(announcements(script.takeEvents()) == impossible)
        try script.receive("CAP me NEW :message-tags", "CAP me ACK :message-tags")
        #expect(announcements(script.takeEvents()) == possible)
    }
}
