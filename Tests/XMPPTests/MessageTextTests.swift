import Testing
import XMPP

@Suite("Text of a message")
struct MessageTextTests {
    @Test(
        "of several bodies, the one without a language counts, else the first",
        arguments: [
            ("", nil), ("<body/>", ""), ("<body>a</body>", "a"), ("<body>a &lt; b</body>", "a < b"),
            ("<body xml:lang='de'>a</body><body>b</body><body>c</body>", "b"),
            ("<body xml:lang='de'>a</body><body xml:lang='fr'>b</body>", "a"),
            ("<body xmlns='urn:x'>a</body>", nil),
            ("<html xmlns='urn:h'><body xmlns='jabber:client'>a</body></html>", nil),
        ] as [(String, String?)])
    func body(payload: String, expected: String?) throws {
        #expect(try Message(read("<message>\(payload)</message>")).body == expected)
    }

    @Test("subject and thread; an empty subject differs from none")
    func subject() throws {
        let message = try Message(read("<message><subject/><thread>t1</thread></message>"))
        #expect(message.subject == "")
        #expect(message.thread == "t1")
        #expect(message.body == nil)
        #expect(try Message(read("<message/>")).subject == nil)
        let written = Message(
            StanzaHead(), type: .chat, payload: [Message.subject("s"), Message.thread("t"), Message.body("b")])
        #expect([written.subject, written.thread, written.body] == ["s", "t", "b"])
    }
}
