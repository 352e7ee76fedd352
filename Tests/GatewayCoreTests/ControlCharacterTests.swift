import Basics
import GatewayKit
import Testing
import XML
import XMPP

@testable import GatewayCore

/// Line breaks and other control characters in texts for a network. XML allows tab, LF, CR, and U+007F and above (XML
/// 1.0 §2.2). The core hands texts over unchanged, because only the adapter knows how the network ends a line. Names
/// cannot contain such characters, and the core refuses them in login fields (`HostileFormTests`).
@Suite("Control characters in stanzas of users")
struct ControlCharacterTests {
    private static let hostile = "one&#13;&#10;QUIT :bye&#10;&#9;&#x7F;&#x85;&#x2028;end"
    private static let read = "one\r\nQUIT :bye\n\t\u{7F}\u{85}\u{2028}end"

    @Test("a message, a subject, and the reasons of a kick and of a leave reach the adapter unchanged")
    func texts() throws {
        let scene = try Scene.inRoom()
        try scene.receive(
            from: "anna@home.test/a", "<message type='groupchat'><body>\(Self.hostile)</body></message>",
            to: "#harbour%net@gw.test")
        try scene.receive(
            from: "anna@home.test/a", "<message type='chat'><body>\(Self.hostile)</body></message>",
            to: "bob%net@gw.test")
        try scene.receive(
            from: "anna@home.test/a", "<message type='groupchat'><subject>\(Self.hostile)</subject></message>",
            to: "#harbour%net@gw.test")
        try scene.receive(
            from: "anna@home.test/a",
            "<iq id='k' type='set'><query xmlns='http://jabber.org/protocol/muc#admin'>"
                + "<item nick='Bob' role='none'><reason>\(Self.hostile)</reason></item></query></iq>",
            to: "#harbour%net@gw.test")
        try scene.receive(
            from: "anna@home.test/a", "<presence type='unavailable'><status>\(Self.hostile)</status></presence>",
            to: "#harbour%net@gw.test/anna")
        let bob = PeerAddress(network: LiveRules.network, name: "bob")
        #expect(
            scene.takeRequests().map(\.action) == [
                .send(.text(Text(Self.read)), to: .room(Scene.room)),
                .send(.text(Text(Self.read)), to: .peer(bob)), .room(Scene.room, .topic(Self.read)),
                .room(Scene.room, .kick(nick: "Bob", reason: Self.read)), .leave(Scene.room, reason: Self.read),
            ])
    }

    @Test("a room password reaches the adapter unchanged, and the adapter's refusal reaches the user")
    func key() throws {
        let scene = try Scene.live()
        try scene.join(password: Self.hostile)
        let request = try scene.takeRequest()
        #expect(request.action == .join(Scene.room, password: Secret(Self.read)))
        scene.event(
            .outcome(request.id, .failed(Failure(.notAuthorized, "A password has no line breaks."))), network: "net")
        #expect(scene.presences.map(\.stanzaError?.condition) == [.notAuthorized])
    }

    @Test(
        "a nick or a person's name with a control character is refused", arguments: ["\r", "\n", "\u{85}", "\t"])
    func names(character: String) throws {
        for xml in ["<presence/>", "<message type='chat'><body>x</body></message>"] {
            var element = try Element(parsing: xml, defaultNamespace: Stanza.namespace)
            element[attribute: "from"] = "anna@home.test/a"
            element[attribute: "to"] = "#harbour%net@gw.test/a\(character)b"
            do {
                _ = try Stanza(element)
                Issue.record("read as a stanza")
            } catch {
                #expect(error.error.condition == .jidMalformed && error.error.text?.isEmpty == false)
                #expect(error.reply?[attribute: "to"] == "anna@home.test/a")
            }
        }
    }

    @Test(
        "a kick of an impossible nick kicks nobody", arguments: ["Bob&#10;", "Bob&#13;&#10;KICK", "&#9;", ""])
    func kick(nick: String) throws {
        let scene = try Scene.inRoom()
        try scene.receive(
            from: "anna@home.test/a",
            "<iq id='k' type='set'><query xmlns='http://jabber.org/protocol/muc#admin'>"
                + "<item nick='\(nick)' role='none'/></query></iq>", to: "#harbour%net@gw.test")
        let condition: StanzaError.Condition = nick.isEmpty ? .badRequest : .itemNotFound
        #expect(scene.requests.isEmpty && scene.iqs.map(\.stanzaError?.condition) == [condition])
    }

    @Test("a name typed into the prompt goes through the network's rules")
    func prompt() throws {
        let scene = try Scene.live()
        try scene.receive(
            from: "anna@home.test/a",
            "<iq id='p' type='set'><query xmlns='jabber:iq:gateway'><prompt>a&#13;&#10;b</prompt></query></iq>",
            to: "gw.test")
        // The rules of this network accept the name. The JID shows the control characters as visible escapes.
        let answer = try GatewayPrompt(try #require(scene.iqs.first?.payload.first))
        #expect(answer.jid?.local == #"a\u{d}\u{a}b%net"#)
    }

    @Test("control characters from a network cannot break the stream")
    func inbound() throws {
        let scene = try Scene.inRoom()
        let text = "a\0b\u{1}c\u{1B}[31md\u{FFFE}e\u{7F}\r\nf"
        scene.event(.message(InboundMessage(from: .room(Scene.room, nick: "Bob"), text: text)), network: "net")
        scene.event(.room(Scene.room, .topicChanged(Topic(text: text, author: "Bo\0b"))), network: "net")
        scene.event(.state(.notice(text)), network: "net")
        scene.event(.room(Scene.room, .occupantLeft(nick: "Bob", .kicked(by: "x\0", reason: text))), network: "net")
        let told = scene.takeSent()
        #expect(told.count == 4)
        for xml in told {
            #expect(throws: Never.self) { try Element(parsing: xml, defaultNamespace: Stanza.namespace) }
        }
    }
}
