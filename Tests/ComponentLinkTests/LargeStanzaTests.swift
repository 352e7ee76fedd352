import Testing
import XML
import XMPP

@testable import ComponentLink

@Suite("Stanzas of ours that a server would end the stream for", .timeLimit(.minutes(1)))
struct LargeStanzaTests {
    private static func head(_ id: String) throws -> StanzaHead {
        StanzaHead(to: try JID("a@x.test/r"), from: try JID("#c%net@irc.test/anna"), id: id)
    }

    @Test("are replaced by an error with the same id, and what is sent around them is not touched")
    func replaced() async throws {
        let server = try await FakeServer.start()
        let rig = try await LinkRig(port: server.port) { $0.maxSentStanzaBytes = 2000 }
        let peer = try await server.open()
        #expect(await rig.next() == .opened)
        let large = [Element("thread", namespace: Stanza.namespace, text: String(repeating: "<", count: 600))]
        try await rig.onLoop { link, _ in
            let stanzas: [Stanza] = [
                try .chat("before"), .message(Message(try Self.head("m"), type: .groupchat, payload: large)),
                .iq(IQ(try Self.head("i"), type: .result, payload: large)),
                .iq(IQ(try Self.head("q"), type: .get, payload: large)),
                .message(Message(try Self.head(String(repeating: "i", count: 3000)), type: .chat, payload: [])),
                try .chat("behind"),
            ]
            for stanza in stanzas { #expect(link.send(stanza)) }
        }
        #expect(try await Stanza(peer.nextElement()) == .chat("before"))
        for (kind, id) in [("message", "m"), ("iq", "i")] {
            let answer = try await peer.nextElement()
            #expect(answer.name == kind && answer[attribute: "id"] == id && answer[attribute: "type"] == "error")
            #expect(answer[attribute: "to"] == "a@x.test/r" && answer[attribute: "from"] == "#c%net@irc.test/anna")
            let error = try #require(answer.elements.first)
            #expect(answer.elements.count == 1)
            #expect(try StanzaError(error).condition == .policyViolation)
        }
        #expect(try await Stanza(peer.nextElement()) == .chat("behind"))
        #expect(try await rig.onLoop { link, _ in link.counters.tooLargeToSend } == 4)
        #expect(rig.complaints.count == 4)
        try await rig.close()
        try await server.stop()
    }

    @Test("a refusal with an enormous id is not sent")
    func refusals() async throws {
        let server = try await FakeServer.start()
        let rig = try await LinkRig(port: server.port) { $0.maxSentStanzaBytes = 2000 }
        let peer = try await server.open()
        #expect(await rig.next() == .opened)
        for id in [String(repeating: "\"", count: 400), "small"] {
            peer.send("<iq from='a@x.test' to='irc.test' id='\(id)' type='ask'/>")
        }
        #expect(try await peer.nextElement()[attribute: "id"] == "small")
        try await rig.close()
        try await server.stop()
    }
}
