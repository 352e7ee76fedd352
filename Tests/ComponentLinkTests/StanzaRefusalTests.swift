import NIOCore
import Testing
import XML
import XMPP

@testable import ComponentLink

@Suite("Stanzas that cannot be used", .timeLimit(.minutes(1)))
struct StanzaRefusalTests {
    @Test("an oversized stanza is refused to its sender and the stream goes on for all others")
    func oversized() async throws {
        let server = try await FakeServer.start()
        let rig = try await LinkRig(port: server.port) { $0.xmlLimits.maxStanzaBytes = 1000 }
        let peer = try await server.open()
        #expect(await rig.next() == .opened)
        let body = String(repeating: "x", count: 5000)
        for type in ["groupchat", "error"] {
            peer.send(
                "<message from='a@x.test/r' to='#c%net@irc.test' id='1' type='\(type)'><body>\(body)</body></message>")
        }
        peer.send("<message from='b@x.test' to='#c%net@irc.test' id='2'><body>small</body></message>")
        guard case .message(let answer) = try await Stanza(peer.nextElement()) else {
            Issue.record("expected a message")
            return
        }
        #expect(answer.type == .error && answer.head.id == "1" && answer.head.to?.description == "a@x.test/r")
        #expect(answer.head.from?.description == "#c%net@irc.test")
        #expect(try StanzaError(try #require(answer.payload.first)).condition == .policyViolation)
        guard case .stanza(.message(let next))? = await rig.next() else {
            Issue.record("expected the next message")
            return
        }
        #expect(next.body == "small")
        let counters = try await rig.onLoop { link, _ in link.counters }
        #expect(counters.oversized == 2 && counters.received == 1)
        try await rig.onLoop { link, _ in link.send(try .chat("fence")) }
        #expect(try await Stanza(peer.nextElement()) == .chat("fence"), "the error was not answered")
        try await rig.close()
        try await server.stop()
    }

    @Test(
        "whoever sent a stanza that was skipped learns what to do differently",
        arguments: [
            (SkipReason.tooLarge, StanzaError.Condition.policyViolation, "too large"),
            (.tooDeep, .policyViolation, "nested"), (.tooManyAttributes, .policyViolation, "attributes"),
            (.nameTooLong, .policyViolation, "name"), (.badNamespaces, .badRequest, "namespace"),
        ])
    func words(reason: SkipReason, condition: StanzaError.Condition, word: String) throws {
        let start = Element("iq", namespace: Stanza.namespace, attributes: [Attribute("from", "a@x.test")])
        let answer = try #require(StanzaRefusal.answer(skipped: start, reason, as: try JID("irc.test")))
        let error = try StanzaError(try #require(answer.first("error", namespace: Stanza.namespace)))
        #expect(error.condition == condition)
        #expect(error.text?.contains(word) == true)
    }

    @Test(
        "a malformed stanza is answered with its fault",
        arguments: [
            (
                "<iq from='a@x.test' to='irc.test' id='1' type='ask'><q xmlns='x'/></iq>",
                StanzaError.Condition.badRequest
            ),
            ("<iq from='a@x.test' to='irc.test' id='1' type='get'/>", .badRequest),
            ("<message from='a@x.test' to='@irc.test' id='1'/>", .jidMalformed),
        ])
    func malformed(text: String, condition: StanzaError.Condition) async throws {
        let server = try await FakeServer.start()
        let rig = try await LinkRig(port: server.port)
        let peer = try await server.open()
        #expect(await rig.next() == .opened)
        peer.send(text)
        let answer = try await peer.nextElement()
        #expect(answer[attribute: "type"] == "error" && answer[attribute: "id"] == "1")
        #expect(answer[attribute: "to"] == "a@x.test" && answer[attribute: "from"] == "irc.test")
        let error = try #require(answer.first("error", namespace: Stanza.namespace))
        #expect(try StanzaError(error).condition == condition)
        try await rig.close()
        try await server.stop()
    }

    @Test("broken namespaces are refused to their sender, and the stream goes on for all others")
    func brokenNamespaces() async throws {
        let server = try await FakeServer.start()
        let rig = try await LinkRig(port: server.port)
        let peer = try await server.open()
        #expect(await rig.next() == .opened)
        for (number, markup) in ["<a xmlns='http://www.w3.org/XML/1998/namespace'/>", "<p:a/>"].enumerated() {
            peer.send("<message from='a@x.test/r' to='#c%net@irc.test' id='\(number)'>\(markup)</message>")
            peer.send("<presence from='b@x.test' to='irc.test' id='\(number)'/>")
            let answer = try await Stanza(peer.nextElement())
            #expect(answer.head.id == "\(number)" && answer.head.to?.description == "a@x.test/r")
            let error = try #require(answer.element.first("error", namespace: Stanza.namespace))
            #expect(try StanzaError(error).condition == .badRequest)
            guard case .stanza(.presence(let next))? = await rig.next() else {
                Issue.record("expected the presence")
                return
            }
            #expect(next.head.id == "\(number)")
        }
        let counters = try await rig.onLoop { link, _ in link.counters }
        #expect(counters.malformed == 2 && counters.oversized == 0 && counters.opened == 1)
        #expect(rig.complaints.isEmpty)
        #expect(rig.lines.contains { $0.contains("a@x.test/r") && $0.contains("badNamespaces") })
        try await rig.close()
        try await server.stop()
    }

    @Test("an element that is no stanza, and a malformed error, are passed over")
    func passedOver() async throws {
        let server = try await FakeServer.start()
        let rig = try await LinkRig(port: server.port)
        let peer = try await server.open()
        #expect(await rig.next() == .opened)
        peer.send("<novelty xmlns='x'/><handshake/><iq from='a@x.test' to='@' type='error' id='1'/> \n")
        peer.send("<presence from='a@x.test' to='irc.test'/>")
        guard case .stanza(.presence)? = await rig.next() else {
            Issue.record("expected the presence")
            return
        }
        let counters = try await rig.onLoop { link, _ in link.counters }
        #expect(counters.unknownElements == 2 && counters.malformed == 1 && counters.sent == 0)
        try await rig.close()
        try await server.stop()
    }
}
