import GatewayKit
import Registry
import Testing
import XML
import XMPP

@testable import GatewayCore

/// Commands with wrong values and in a wrong order. Each stanza has one answer: `Scene.execute` checks that.
@Suite("Commands with wrong values")
struct HostileCommandTests {
    private static let ops = "ops@home.test/o"

    private func scene() throws -> Scene {
        let scene = try Scene(StoredRules(), admins: ["ops@home.test"])
        _ = try scene.command("register", by: "anna@home.test/a", ["phone": ["+15550100"]])
        return scene
    }

    @Test("a step that comes again while the registry stores the first is answered behind it, as out of date")
    func twice() throws {
        let scene = try scene()
        let first = try Command(try #require(try scene.execute("register").payload.first))
        scene.answersCommits = false
        scene.forgetSent()
        let step = try IQ.step("register", session: first.sessionID, ["phone": ["+15550111"]])
        scene.post(.stanza(.iq(step)))
        scene.post(.stanza(.iq(try IQ.step("register", session: first.sessionID, ["phone": ["+15550112"]]))))
        #expect(scene.iqs.isEmpty, "the registry has not answered")
        scene.answersCommits = true
        scene.answerCommits()
        #expect(try Command(try #require(scene.iqs.first?.payload.first)).status == .completed)
        let again = scene.iqs.last?.payload.first { $0.name == "error" }?.elements.map(\.name) ?? []
        #expect(scene.iqs.count == 2 && again.contains("bad-sessionid"))
        #expect(scene.saved("anna@home.test") == ["phone": "+15550111"])
        let late = try scene.execute("register", session: first.sessionID, ["phone": ["+15550112"]])
        #expect(late.payload.first { $0.name == "error" }?.elements.contains { $0.name == "bad-sessionid" } == true)
    }

    @Test("a command that is cancelled while the registry stores its changes is not cancelled")
    func cancelledTooLate() throws {
        let scene = try scene()
        let first = try Command(try #require(try scene.execute("register").payload.first))
        scene.answersCommits = false
        scene.post(.stanza(.iq(try IQ.step("register", session: first.sessionID, ["phone": ["+15550111"]]))))
        scene.forgetSent()
        scene.post(.stanza(.iq(try IQ.step("register", session: first.sessionID, action: .cancel))))
        scene.answerCommits()
        let cancel = scene.iqs.last?.payload.first { $0.name == "error" }?.elements ?? []
        #expect(scene.iqs.count == 2 && cancel.contains { $0.name == "bad-sessionid" })
        #expect(scene.saved("anna@home.test") == ["phone": "+15550111"])
    }

    @Test(
        "a wrong value of any kind shows the form again with words beside the field, and nothing changes",
        arguments: [
            ("ban", "accountjids", ["no body"]), ("ban", "accountjids", ["evil.test/x"]), ("ban", "accountjids", []),
            ("ban", "accountjids", (0...1_000).map { "u\($0)@evil.test" }),
            ("ban", "accountjids", [String(repeating: "a", count: 5_000)]),
            ("drain", "action", ["explode"]), ("drain", "action", []), ("drain", "jid", ["@"]),
            ("log-level", "level", ["DEBUG"]), ("assign", "user-jid", ["x@y.test/z"]),
            ("http://jabber.org/protocol/admin#announce", "announcement", ["", ""]),
            ("http://jabber.org/protocol/admin#announce", "announcement", ["a\u{7}b"]),
            ("http://jabber.org/protocol/admin#announce", "audience", ["the world"]),
            ("unregister", "confirm", ["perhaps"]), ("delete-data", "confirm", []),
        ])
    func values(node: String, field: String, given: [String]) throws {
        let scene = try scene()
        let client = node == "unregister" ? "anna@home.test/a" : Self.ops
        scene.forget()
        let before = scene.changes.count
        let first = try Command(try #require(try scene.execute(node, by: client).payload.first))
        let second = try scene.execute(node, by: client, session: first.sessionID, [field: given])
        let answer = try Command(try #require(second.payload.first))
        #expect(answer.status == .executing && answer.notes.contains { $0.type == .error })
        #expect(answer.form?[field]?.explanation?.isEmpty == false)
        #expect(scene.changes.count == before && scene.programRequests.isEmpty && scene.messages.isEmpty)
    }

    @Test("a field with one value cannot have two, and a field that comes twice is refused as well")
    func doubled() throws {
        let scene = try scene()
        for fields in [
            [DataForm.Field("action", values: ["send", "give-up"])],
            [DataForm.Field("action", values: ["send"]), DataForm.Field("action", values: ["give-up"])],
        ] {
            scene.forgetSent()
            var command = Command(node: "drain")
            command.form = DataForm(.submit, fields: fields)
            let head = StanzaHead(to: try JID("gw.test"), from: try JID(Self.ops), id: "d")
            scene.post(.stanza(.iq(IQ(head, type: .set, payload: [command.element]))))
            #expect(scene.iqs.map(\.stanzaError?.condition) == [.badRequest])
        }
    }

    @Test("a form for a command that takes none is ignored, and unknown fields are ignored")
    func superfluous() throws {
        let scene = try scene()
        let answer = try Command(try #require(try scene.execute("connection", ["x": ["y"]]).payload.first))
        #expect(answer.status == .completed && answer.words.first == "You are registered with gw.test.")
        let banned = try scene.command("ban", by: Self.ops, ["accountjids": ["evil.test"], "nonsense": ["x", "y"]])
        #expect(banned.words == ["Banned: evil.test."])
    }

    @Test("a user who loses the right to a command in the middle of it cannot finish it")
    func excludedMeanwhile() throws {
        let scene = try scene()
        let first = try Command(try #require(try scene.execute("register").payload.first))
        _ = try scene.command("ban", by: Self.ops, ["accountjids": ["anna@home.test"]])
        let refused = try scene.execute("register", session: first.sessionID, ["phone": ["+15550111"]])
        #expect(refused.stanzaError?.condition == .forbidden)
        #expect(scene.saved("anna@home.test") == ["phone": "+15550100"])
    }
}

extension IQ {
    /// One step of a command of anna.
    fileprivate static func step(
        _ node: String, session: String?, _ fields: [String: [String]] = [:], action: Command.Action? = nil
    ) throws -> IQ {
        var command = Command(node: node, sessionID: session, action: action)
        command.form = DataForm(.submit, fields: fields.map { DataForm.Field($0, values: $1) })
        let head = StanzaHead(to: try JID("gw.test"), from: try JID("anna@home.test/a"), id: "first")
        return IQ(head, type: .set, payload: [command.element])
    }
}
