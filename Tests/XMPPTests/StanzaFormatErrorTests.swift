import Testing
import XML
import XMPP

@Suite("Malformed stanzas")
struct StanzaFormatErrorTests {
    private func error(_ xml: String) throws -> StanzaFormatError {
        let element = try read(xml)
        return try #require(throws: StanzaFormatError.self) { try Stanza(element) }
    }

    @Test(
        "bad requests",
        arguments: [
            "<iq type='get' from='a@b/c'><x xmlns='u'/></iq>", "<iq id='1' from='a@b/c'><x xmlns='u'/></iq>",
            "<iq id='1' type='x' from='a@b/c'><x xmlns='u'/></iq>", "<iq id='1' type='get' from='a@b/c'/>",
            "<iq id='1' type='set' from='a@b/c'><x xmlns='u'/><y xmlns='u'/></iq>",
            "<iq id='1' type='result' from='a@b/c'><x xmlns='u'/><y xmlns='u'/></iq>",
            "<presence type='x' from='a@b/c'/>", "<presence type='available' from='a@b/c'/>",
        ])
    func badRequest(xml: String) throws {
        let error = try error(xml)
        #expect(error.error.condition == .badRequest)
        #expect(error.error.type == .modify)
        #expect(error.from == "a@b/c")
    }

    @Test("the error for a malformed JID names the attribute and has all parts for an answer")
    func badAddress() throws {
        let error = try error("<message type='chat' to='a b@x' from='a@b/c' id='1'><body>x</body></message>")
        #expect(error.problem == .jidMalformed(attribute: "to", .forbiddenCharacter(.local)))
        #expect(error.kind == "message" && error.id == "1" && error.type == "chat" && error.to == "a b@x")
        let reply = try #require(error.reply)
        #expect(reply[attribute: "to"] == "a@b/c")
        #expect(reply[attribute: "from"] == "a b@x")
        #expect(reply[attribute: "id"] == "1")
        #expect(reply[attribute: "type"] == "error")
        let condition = try StanzaError(try #require(reply.first("error", namespace: "jabber:client")))
        #expect(condition.condition == .jidMalformed)
    }

    @Test(
        "errors, results and unusable senders are not answered (RFC 6120 §8.3.1)",
        arguments: [
            "<message type='error' to='@x' from='a@b'/>", "<iq type='result' id='1' to='@x' from='a@b'/>",
            "<iq type='error' id='1' to='@x' from='a@b'/>", "<message from='@b'/>", "<message to='@b'/>",
        ])
    func noReply(xml: String) throws { #expect(try error(xml).reply == nil) }

    @Test(
        "other elements are no stanzas",
        arguments: ["<message xmlns='urn:x'/>", "<messages/>", "<error xmlns='http://etherx.jabber.org/streams'/>"])
    func notAStanza(xml: String) throws {
        let error = try error(xml)
        #expect(error.problem == .notAStanza)
        #expect(error.reply == nil)
    }

    @Test("each kind of stanza refuses the other kinds")
    func wrongKind() throws {
        let presence = try read("<presence/>")
        #expect(throws: StanzaFormatError.self) { try Message(presence) }
        #expect(throws: StanzaFormatError.self) { try IQ(presence) }
        let message = try read("<message/>")
        #expect(throws: StanzaFormatError.self) { try Presence(message) }
    }
}
