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
