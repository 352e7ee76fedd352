import GatewayKit
import GatewayTesting
import NIOCore
import Testing

@testable import IRCAdapter

struct ReactionTests {
    private static let message = MessageID("m1")
    private static let tags = "+draft/reply=m1;+reply=m1"

    private func react(
        _ script: inout ClientScript, _ wanted: [String], to message: MessageID = message,
        at address: Address = .room(ClientScript.room)
    ) -> RequestID {
        script.perform(.send(.reaction(message, wanted), to: address))
    }

    @Test("A reaction is a TAGMSG, and is accepted when its echo comes, under the echo's id")
    func outbound() throws {
        var script = try ClientScript.inRoom(.labels)
        let id = react(&script, ["👋"])
        #expect(script.takeWritten() == ["@label=2;\(ReactionTests.tags);+draft/react=👋 TAGMSG #c"])
        try script.receive("@label=2;msgid=m2;\(ReactionTests.tags);+draft/react=👋 :me!u@h TAGMSG #c")
        #expect(script.takeEvents() == [.outcome(id, .accepted(as: MessageID("m2")))])
        _ = react(&script, ["👋"], at: .peer(ClientScript.anna))
        #expect(script.takeWritten() == [])
        _ = react(&script, ["; \\"], at: .peer(ClientScript.anna))
        #expect(
            script.takeWritten() == [
                "@label=3;\(ReactionTests.tags);+draft/unreact=👋 TAGMSG anna",
                "@label=4;\(ReactionTests.tags);+draft/react=\\:\\s\\\\ TAGMSG anna",
            ])
    }

    @Test("New reactions replace the earlier ones: the difference is sent; without one, the request is accepted")
    func replacement() throws {
        var script = try ClientScript.inRoom(.taggedFences)
        let first = react(&script, ["a", "b"])
        let second = react(&script, ["b", "c"])
        let third = react(&script, ["c", "b"])
        let last = react(&script, [])
        #expect(script.takeEvents() == [.outcome(third, .accepted(as: nil))])
        #expect(
            script.takeWritten().filter { !$0.hasPrefix("PING") } == [
                "@\(ReactionTests.tags);+draft/react=a TAGMSG #c", "@\(ReactionTests.tags);+draft/react=b TAGMSG #c",
                "@\(ReactionTests.tags);+draft/unreact=a TAGMSG #c", "@\(ReactionTests.tags);+draft/react=c TAGMSG #c",
                "@\(ReactionTests.tags);+draft/unreact=b TAGMSG #c",
                "@\(ReactionTests.tags);+draft/unreact=c TAGMSG #c",
            ])
        try script.receive("PONG :fence-1")
        try script.receive("PONG :fence-2")
        #expect(script.events == [first, second, last].map { .outcome($0, .accepted(as: nil)) })
    }

    @Test("A refused reaction fails, and the next try sends it again", arguments: ["401 me #c :No", "404 me #c :No"])
    func refused(_ reply: String) throws {
        for kind in [ClientScript.Kind.labels, .taggedEchoes, .taggedFences] {
            var script = try ClientScript.inRoom(kind)
            let id = react(&script, ["a"])
            try script.receive((kind == .labels ? "@label=2 " : "") + ":s \(reply)")
            #expect(script.outcomes(id).count == 1 && script.failure(id) != nil)
            script.forget()
            _ = react(&script, ["a"])
            #expect(script.written.contains { $0.hasSuffix("+draft/react=a TAGMSG #c") })
        }
    }

    @Test("Without labels each echo is matched to its reaction, not to a message, in any order")
    func echoes() throws {
        var script = try ClientScript.inRoom(.taggedEchoes)
        let said = script.say("x")
        let first = react(&script, ["a"])
        let second = react(&script, [])
        #expect(script.takeWritten().count == 3)
        try script.receive("@msgid=u;\(ReactionTests.tags);+draft/unreact=a :me!u@h TAGMSG #c")
        try script.receive("@msgid=r;\(ReactionTests.tags);+draft/react=a :me!u@h TAGMSG #C")
        #expect(
            script.takeEvents() == [
                .outcome(second, .accepted(as: MessageID("u"))), .outcome(first, .accepted(as: MessageID("r"))),
            ])
        try script.receive("@msgid=m :me!u@h PRIVMSG #c :x")
        #expect(script.events == [.outcome(said, .accepted(as: MessageID("m")))])
    }

    @Test("A reaction without an echo gets a fence, and is not accepted", arguments: [true, false])
    func lostEcho(_ hasLabels: Bool) throws {
        var script = try ClientScript.inRoom(hasLabels ? .labels : .taggedEchoes)
        let id = react(&script, ["a"])
        script.pass(.seconds(16))
        #expect(script.written.last == "PING :fence-1")
        try script.receive("PONG :fence-1")
        #expect(script.failure(id) == .unknownOutcome)
    }

    @Test("An answer without an echo accepts a reaction to a person, but leaves that of one in a channel unknown")
    func answerWithoutEcho() throws {
        var script = try ClientScript.inRoom(.labels)
        let inRoom = react(&script, ["a"])
        try script.receive("@label=2 :s ACK")
        #expect(script.failure(inRoom) == .unknownOutcome)
        let toPerson = react(&script, ["b"], at: .peer(ClientScript.anna))
        try script.receive("@label=3 :s ACK")
        #expect(script.outcomes(toPerson) == [.outcome(toPerson, .accepted(as: nil))])
    }

    @Test("A reaction fails if its echo comes without the reaction")
    func stripped() throws {
        var script = try ClientScript.inRoom(.labels)
        let id = react(&script, ["a"])
        try script.receive("@label=2;msgid=m2 :me!u@h TAGMSG #c")
        #expect(script.failure(id) == .unsupported)
        let other = react(&script, ["b"])
        try script.receive("@label=3 :s 412 me :No tags to send")
        #expect(script.failure(other) == .unsupported)
    }

    struct Network: CustomTestStringConvertible, Sendable {
        let kind: ClientScript.Kind
        let token: String
        var testDescription: String { "\(kind) \(token)" }

        init(_ kind: ClientScript.Kind, _ token: String = "X") {
            self.kind = kind
            self.token = token
        }
    }

    @Test(
        "On a network without these tags a reaction is refused with an explanation, and nothing is sent",
        arguments: [
            Network(.fences), Network(.echoes), Network(.labels, "CLIENTTAGDENY=*"),
            Network(.labels, "CLIENTTAGDENY=draft/react"), Network(.labels, "CLIENTTAGDENY=draft/reply,reply"),
        ])
    func unsupported(_ network: Network) throws {
        var script = try ClientScript.ready(network.kind, support: network.token)
        let id = react(&script, ["a"], at: .peer(ClientScript.anna))
        #expect(script.failure(id) == .unsupported && script.written.isEmpty)
        #expect(!script.client.announced.contains(.reactions))
    }

    @Test("Only the allowed name of the reply tag is sent; a removal is refused if its tag is denied")
    func partlyDenied() throws {
        var script = try ClientScript.ready(.labels, support: "CLIENTTAGDENY=reply,draft/unreact")
        _ = react(&script, ["a"], at: .peer(ClientScript.anna))
        #expect(script.takeWritten() == ["@label=1;+draft/reply=m1;+draft/react=a TAGMSG anna"])
        let id = react(&script, ["b"], at: .peer(ClientScript.anna))
        #expect(script.failure(id) == .unsupported && script.written.isEmpty)
    }

    @Test("A text that is no reaction, or one to an impossible place, is refused before anything is sent")
    func impossible() throws {
        var script = try ClientScript.inRoom(.labels)
        let elsewhere = RoomAddress(network: ClientScript.network, name: "#x")
        let many = (0...ReactionRecord.reactionLimit).map { "\($0)" }
        let long = MessageID(String(repeating: "x", count: 2100))
        let refusals = [
            react(&script, [""]), react(&script, many), react(&script, [String(repeating: "x", count: 65)]),
            react(&script, ["a"], to: long), react(&script, ["a"], at: .room(elsewhere)),
            react(&script, ["a"], at: .network(ClientScript.network)),
        ].map { script.failure($0) }
        #expect(
            refusals == [.notAcceptable, .notAcceptable, .notAcceptable, .tooLong, .notInRoom, .unsupported])
        #expect(script.written.isEmpty)
    }

    @Test("Whatever a reaction or a message id holds, it makes one line", arguments: HostileText.all)
    func injection(_ text: String) throws {
        var script = try ClientScript.inRoom(.labels)
        _ = react(&script, [String(text.prefix(10))], to: MessageID("x" + text))
        for line in script.written {
            #expect(!line.utf8.contains { $0 == 0 || $0 == 10 || $0 == 13 })
            let message = try IRCMessage(line)
            #expect(message.command == .verb("TAGMSG") && message.parameters == ["#c"] && message.label == 2)
            #expect(message.tags["+reply"] == ("x" + text).replacing("\0", with: ""))
        }
    }
}
