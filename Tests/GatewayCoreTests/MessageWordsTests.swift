import GatewayKit
import Testing
import XML
import XMPP

@testable import GatewayCore

@Suite("The words of messages with more than a body")
struct MessageWordsTests {
    private static let room = "#harbour%net@gw.test"
    private static let url = "https://x.example/a.png"
    private static let link = "<x xmlns='jabber:x:oob'><url>\(url)</url></x>"
    private static let file =
        "<file-sharing xmlns='urn:xmpp:sfs:0'><sources><url-data xmlns='http://jabber.org/protocol/url-data'"
        + " target='\(url)'/></sources></file-sharing>"
    private static let html =
        "<html xmlns='http://jabber.org/protocol/xhtml-im'><body xmlns='http://www.w3.org/1999/xhtml'>"
        + "<p>good <b>day</b></p><p>you<br/>all</p></body></html>"

    private func say(_ inside: String, to address: String, in scene: Scene) throws {
        let kind = address == Self.room ? "groupchat" : "chat"
        try scene.receive(from: "anna@home.test/a", "<message type='\(kind)' id='m'>\(inside)</message>", to: address)
    }

    private func words(_ inside: String, isStored: Bool) throws -> String? {
        let element = try Element(parsing: "<message>\(inside)</message>", defaultNamespace: Stanza.namespace)
        guard case .message(let message) = try Stanza(element) else { return nil }
        return message.words(isStored: isStored)
    }

    @Test(
        "links follow the body or stand for it, once, and texts with formats stand for a missing body",
        arguments: [
            (link, url, url), (file, url, url), (link + file, url, url),
            ("<body>see</body>" + link, "see \(url)", "see\n\(url)"),
            ("<body>see \(url)</body>" + link + file, "see \(url)", "see \(url)"),
            ("<body/>" + file, url, url),
            (
                "<fallback xmlns='urn:xmpp:fallback:0' for='urn:xmpp:sfs:0'><body/></fallback><body>\(url)</body>"
                    + file,
                url, url
            ),
            ("<body>see</body><x xmlns='jabber:x:oob'><url>no url</url></x>", "see", "see"),
            (html, "good day\nyou\nall", "good day\nyou\nall"),
            ("<body>plain</body>" + html, "plain", "plain"),
            ("<replace xmlns='urn:xmpp:message-correct:0' id='m0'/><body>new</body>", "* new", "* new"),
            ("<body>ok</body><request xmlns='urn:xmpp:receipts'/>", "ok", "ok"),
        ])
    func table(inside: String, live: String, stored: String) throws {
        #expect(try words(inside, isStored: false) == live)
        #expect(try words(inside, isStored: true) == stored)
    }

    @Test(
        "an answer in a room begins with the nick of the person who is answered, unless it does so already",
        arguments: [
            ("to='\(room)/Bob'", "six", "Bob: six"), ("to='\(room)/Bob'", "Bob, six", "Bob, six"),
            ("to='\(room)/Bob'", "/me nods", "/me nods"), ("to='#other%net@gw.test/Bob'", "six", "six"),
            ("to='\(room)'", "six", "six"), ("to='@'", "six", "six"), ("", "six", "six"),
            ("to='\(room)/Bob'", "> Bob: five?\nsix", "Bob: six"),
        ])
    func answer(to: String, body: String, words: String) throws {
        let quote = "<fallback xmlns='urn:xmpp:fallback:0' for='urn:xmpp:reply:0'><body start='0' end='13'/></fallback>"
        let inside =
            "<body>\(body)</body><reply xmlns='urn:xmpp:reply:0' \(to) id='x'/>"
            + (body.hasPrefix(">") ? quote : "")
        for kind in ["groupchat", "chat"] {
            let stanza = "<message type='\(kind)' to='\(Self.room)'>\(inside)</message>"
            guard case .message(let message) = try Stanza(Element(parsing: stanza, defaultNamespace: Stanza.namespace))
            else { continue }
            let plain = message.bodyWithoutFallbacks
            #expect(message.words(isStored: false) == (kind == "groupchat" ? words : plain))
        }
    }

    @Test(
        "a message that says nothing has no words",
        arguments: ["<active xmlns='http://jabber.org/protocol/chatstates'/>", ""])
    func silent(inside: String) throws { #expect(try words(inside, isStored: true) == nil) }

    @Test("a link without a body goes to people and rooms", arguments: [room, "bob%net@gw.test"])
    func sent(address: String) throws {
        let scene = try Scene.inRoom()
        try say(Self.link, to: address, in: scene)
        guard case .send(.text(let text), _) = try scene.takeRequest().action else {
            Issue.record("nothing was sent")
            return
        }
        #expect(text.body == Self.url)
    }

    @Test(
        "retractions, texts that stand for something unknown, and links to encrypted files are refused in words",
        arguments: [
            (
                "<retract xmlns='urn:xmpp:message-retract:1' id='m0'/><body>I took it back</body>"
                    + "<fallback xmlns='urn:xmpp:fallback:0' for='urn:xmpp:message-retract:1'/>",
                StanzaError.Condition.featureNotImplemented
            ),
            (
                "<apply-to xmlns='urn:xmpp:fasten:0' id='m0'><retract xmlns='urn:xmpp:message-retract:0'/></apply-to>"
                    + "<body>I took it back</body>", .featureNotImplemented
            ),
            (
                "<body>A call</body><fallback xmlns='urn:xmpp:fallback:0' for='urn:x:call'/>", .featureNotImplemented
            ),
            (
                "<body>A call</body><fallback xmlns='urn:xmpp:fallback:0' for='urn:x:call'><body start='0' end='6'/>"
                    + "</fallback>", .featureNotImplemented
            ),
            ("<x xmlns='jabber:x:oob'><url>aesgcm://x.example/a#00</url></x>", .notAcceptable),
        ])
    func refused(inside: String, condition: StanzaError.Condition) throws {
        let scene = try Scene.inRoom()
        for address in [Self.room, "bob%net@gw.test"] {
            scene.forget()
            try say(inside, to: address, in: scene)
            #expect(scene.messages.map(\.stanzaError?.condition) == [condition], "\(address)")
            #expect(scene.messages.first?.stanzaError?.text?.isEmpty == false && scene.requests.isEmpty)
        }
    }

    @Test("a text of which only a part is a fallback is sent")
    func partly() throws {
        let scene = try Scene.inRoom()
        try say(
            "<body>A call and words</body><fallback xmlns='urn:xmpp:fallback:0' for='urn:x:call'><body start='0' end='6'/>"
                + "</fallback>", to: "bob%net@gw.test", in: scene)
        #expect(scene.messages.isEmpty && scene.requests.count == 1)
    }
}
