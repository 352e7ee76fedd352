import GatewayKit
import GatewayTesting
import Testing

@testable import IRCAdapter

@Suite("Content that is not a plain text")
struct ContentTests {
    private static let file = File(at: "https://files.example/cat.png", caption: "A cat")
    private static let message = MessageID("m")

    @Test(
        "Content that IRC has no form for is sent as text",
        arguments: [
            (Content.file(file), ["PRIVMSG #c :A cat", "PRIVMSG #c :https://files.example/cat.png"]),
            (.text(Text("beep", form: .notice)), ["PRIVMSG #c :beep"]),
            (.text(Text("yes", replyTo: message, subject: "s", thread: "t")), ["PRIVMSG #c :yes"]),
        ])
    func fallbacks(_ content: Content, _ lines: [String]) throws {
        var script = try ClientScript.inRoom(.echoes)
        _ = script.perform(.send(content, to: .room(ClientScript.room)))
        #expect(script.written == lines)
    }

    @Test(
        "Marked words in a channel get codes if its modes are known and allow them",
        arguments: [
            (nil, false), ("+nt", true), ("+ntc", false), ("+S", false), ("+ntk key", true), ("+Cs", true),
        ] as [(String?, Bool)])
    func marks(modes: String?, areCoded: Bool) throws {
        var script = try ClientScript.inRoom(.fences)
        if let modes { try script.receive(":s 324 me #c \(modes)") }
        script.forget()
        _ = script.say("a *bold* and _soft_ ~no~ `x` 2*3*4")
        let coded = "a \u{02}*bold*\u{02} and \u{1D}_soft_\u{1D} \u{1E}~no~\u{1E} \u{11}`x`\u{11} 2*3*4"
        #expect(script.written.first == "PRIVMSG #c :" + (areCoded ? coded : "a *bold* and _soft_ ~no~ `x` 2*3*4"))
    }

    @Test("A change of the modes changes the next message; a hint against styling prevents codes")
    func changedModes() throws {
        var script = try ClientScript.inRoom(.fences)
        try script.receive(":s 324 me #c +nt", ":bob!u@h MODE #c +c")
        script.forget()
        _ = script.say("*a*")
        try script.receive(":bob!u@h MODE #c -c")
        _ = script.say("*b*")
        _ = script.perform(.send(.text(Text("*c*", allowsEmphasis: false)), to: .room(ClientScript.room)))
        let lines = script.written.filter { $0.hasPrefix("PRIVMSG") }
        #expect(lines == ["PRIVMSG #c :*a*", "PRIVMSG #c :\u{02}*b*\u{02}", "PRIVMSG #c :*c*"])
    }

    @Test(
        "Lines of a preformatted block are sent as they stand",
        arguments: [
            ("*a*\n```\n*b*\n```\n*c*", ["\u{2}*a*\u{2}", "```", "*b*", "```", "\u{2}*c*\u{2}"]),
            ("```x *a*\n\n_b_", ["```x *a*", "_b_"]), ("``` *a* ```", ["``` *a* ```"]),
            ("> ```\n> *a*\n*b*", ["> ```", "> *a*", "\u{2}*b*\u{2}"]),
        ])
    func preformatted(body: String, lines: [String]) throws {
        var script = try ClientScript.inRoom(.fences)
        try script.receive(":s 324 me #c +nt")
        script.forget()
        _ = script.say(body)
        #expect(script.written.filter { $0.hasPrefix("PRIVMSG") } == lines.map { "PRIVMSG #c :\($0)" })
    }

    private static let dropped: [Request.Action] = [
        .send(.typing(.typing), to: .peer(ClientScript.anna)),
        .send(.read(upTo: message), to: .room(ClientScript.room)),
    ]

    private static let refused: [Request.Action] = [
        .send(.edit(message, Text("x")), to: .room(ClientScript.room)),
        .send(.reaction(message, ["👍"]), to: .peer(ClientScript.anna)),
        .send(.retraction(message, reason: nil), to: .room(ClientScript.room)),
        .send(.typing(.typing), to: .network(ClientScript.network)), .ask(.members(ClientScript.room)),
    ]

    @Test("A request whose capability is `dropped` is accepted and not written", arguments: dropped)
    func drops(_ action: Request.Action) throws {
        var script = try ClientScript.inRoom(.echoes)
        let id = script.perform(action)
        #expect(script.events == [.outcome(id, .accepted(as: nil))] && script.written.isEmpty)
    }

    @Test("A request that the adapter does not support is refused and not written", arguments: refused)
    func refuses(_ action: Request.Action) throws {
        var script = try ClientScript.inRoom(.echoes)
        #expect(script.refusal(of: action) == .unsupported)
        #expect(script.written.isEmpty)
    }

    @Test("Dropped and refused requests need no connection")
    func offline() {
        let rig = SessionRig()
        for action in Self.dropped { #expect(rig.outcomes(rig.perform(action)).first?.isFailure == false) }
        for action in Self.refused { #expect(rig.failure(rig.perform(action)) == .unsupported) }
        #expect(rig.dials.isEmpty)
    }

    @Test("A file to a person waits for the connection like a text")
    func fileOffline() throws {
        let rig = SessionRig()
        rig.perform(.send(.file(Self.file), to: .peer(SessionRig.anna)))
        try rig.welcome()
        #expect(try rig.lines().contains("PRIVMSG anna :A cat"))
    }
}
