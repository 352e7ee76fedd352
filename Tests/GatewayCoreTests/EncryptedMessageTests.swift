import GatewayKit
import Testing
import XMPP

@testable import GatewayCore

@Suite("Encrypted messages")
struct EncryptedMessageTests {
    private static let omemo =
        "<encrypted xmlns='eu.siacs.conversations.axolotl'><header sid='1'/><payload>x</payload></encrypted>"

    private static let messages = [
        omemo + "<body>I sent you an OMEMO encrypted message</body>",
        "<encrypted xmlns='urn:xmpp:omemo:2'><header/><payload>x</payload></encrypted>",
        "<body>fallback</body><openpgp xmlns='urn:xmpp:openpgp:0'>x</openpgp>",
        "<body>This message is encrypted.</body><x xmlns='jabber:x:encrypted'>x</x>",
        "<body>fallback</body><encryption xmlns='urn:xmpp:eme:0' namespace='urn:example'/>",
        "<body>?OTR:AAMD</body>",
        "<body>aesgcm://files.test/x.jpg#0123456789abcdef</body>",
        "<body>look: aesgcm://files.test/x.jpg#0123456789abcdef</body>",
    ]

    @Test("an encrypted message to a phone is refused in words, and neither stored nor sent on", arguments: messages)
    func phone(payload: String) throws {
        let scene = try StoredDeliveryTests.scene()
        try scene.receive(
            from: "anna@home.test/a", "<message to='+15550199@gw.test' type='chat' id='e1'>\(payload)</message>")
        #expect(scene.changes.isEmpty && scene.takeRequests().isEmpty)
        let error = try #require(scene.messages.first)
        #expect(error.type == .error && error.head.id == "e1")
        #expect(error.stanzaError?.condition == .notAcceptable && error.stanzaError?.type == .modify)
        #expect(error.stanzaError?.text?.contains("encrypt") == true)
        #expect(!scene.takeSent().joined().contains("0123456789abcdef"), "the key is not repeated")
    }

    @Test("an encrypted message to a room is refused, too")
    func room() throws {
        let scene = try Scene.inRoom()
        try scene.receive(
            from: "anna@home.test/a",
            "<message to='#harbour%net@gw.test' type='groupchat' id='e2'>\(Self.omemo)<body>x</body></message>")
        #expect(scene.takeRequests().isEmpty)
        #expect(scene.messages.map { $0.stanzaError?.condition } == [.notAcceptable])
    }

    @Test(
        "a message that only looks like it is sent on",
        arguments: [
            "<body>aesgcm is a cipher: https://files.test/x#aesgcm</body>", "<body>gcm://x</body>", "<body>:</body>",
            "<body>hello</body><x xmlns='jabber:x:signed'>x</x><origin-id xmlns='urn:xmpp:sid:0' id='o'/>",
        ])
    func plain(payload: String) throws {
        let scene = try StoredDeliveryTests.scene()
        try scene.receive(
            from: "anna@home.test/a", "<message to='+15550199@gw.test' type='chat' id='e3'>\(payload)</message>")
        #expect(scene.takeRequests().count == 1 && scene.messages.isEmpty)
    }

    private static let mark = "<encryption xmlns='urn:xmpp:eme:0' namespace='eu.siacs.conversations.axolotl'/>"

    @Test("the refusal names the kind of encryption, also of a message with a mark before or behind it")
    func kind() throws {
        for payload in [Self.omemo + Self.mark, Self.mark + Self.omemo, Self.omemo] {
            let scene = try StoredDeliveryTests.scene()
            try scene.receive(
                from: "anna@home.test/a",
                "<message to='+15550199@gw.test' type='chat' id='e5'>\(payload)<body>x</body></message>")
            #expect(scene.messages.first?.stanzaError?.text?.hasPrefix("This message is encrypted (OMEMO).") == true)
        }
    }

    @Test("a key exchange without words is not refused, with and without a mark", arguments: ["", mark])
    func keyExchange(mark: String) throws {
        let scene = try StoredDeliveryTests.scene()
        try scene.receive(
            from: "anna@home.test/a",
            "<message to='+15550199@gw.test' type='chat' id='e4'><encrypted xmlns='eu.siacs.conversations.axolotl'>"
                + "<header sid='1'/></encrypted>\(mark)</message>")
        #expect(scene.sent.isEmpty && scene.takeRequests().isEmpty)
    }
}
